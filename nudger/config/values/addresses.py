"""Where to reach people: phone numbers and e-mail addresses.

Flaws here never repeat what was written: they reach the service's log, and an address must not.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from nudger.config.flaws import Flaw
from nudger.config.values import plain_numbers

_E164 = re.compile(r"\+[1-9][0-9]{6,14}\Z")
_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*\Z")
_PLAIN_DOMAIN = re.compile(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,63}\Z")
_SPECIAL_USE = (".arpa", ".invalid", ".local", ".localhost", ".onion", ".test")
"""Top-level domains where no mail goes (RFC 6761, 6762, 7686)."""
_MAX_EMAIL = 254
_MAX_LOCAL = 64
_MAX_DOMAIN, _MAX_LABEL = 200, 63

_WRITE = 'Write the country code and the number, as in "+14135550123", in quotes.'


class Phone(NamedTuple):
    """A number in E.164, and whether its country hands out such numbers."""

    number: str
    valid: bool


def phone(text: str) -> Phone:
    """Return a phone number; raise Flaw for one that cannot exist. One that is merely unlikely is not `valid`."""
    if _E164.match(text) and plain_numbers.plainly_right(text):
        return Phone(text, valid=True)
    # Cold start: 35 ms that only a file of people needs.
    import phonenumbers  # noqa: PLC0415

    compact = re.sub(r"[ ().\u00a0-]", "", text[:40])
    if not _E164.match(compact) or len(text) > 40:  # noqa: PLR2004
        raise Flaw("this is no phone number", _phone_hint(compact))
    if compact != text:
        what = "this phone number has more than digits in it"
        raise Flaw(what, "Write + and digits, without spaces, brackets or a (0).")
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        raise Flaw("this phone number has no known country code", _WRITE) from None
    valid = phonenumbers.is_valid_number(number)
    if not valid and not phonenumbers.is_possible_number(number):
        raise Flaw("this phone number has too many or too few digits for its country", _WRITE)
    return Phone(text, valid)


def _phone_hint(compact: str) -> str:
    if compact.startswith("00"):
        return 'Write a plus in place of the "00" at the start.'
    if compact.startswith("0"):
        return 'Write the country code in place of the "0" at the start, as in "+44…".'
    return _WRITE


def email(text: str) -> str:
    """Return an e-mail address in its usual form; raise Flaw for one that cannot exist. No look-up is made."""
    local, at, domain = text.rpartition("@")
    if len(text) > _MAX_EMAIL or len(local) > _MAX_LOCAL:
        raise Flaw(
            "this e-mail address is too long", f"At most {_MAX_LOCAL} letters before the @, {_MAX_EMAIL} in all."
        )
    if at and _PLAIN_LOCAL.match(local):
        return f"{local}@{_domain(domain)}"
    return _validated(text)


@lru_cache(maxsize=4096)
def _domain(domain: str) -> str:
    """Return a domain in its usual form. Kept, because most people of a list share a few."""
    if _is_plainly_right(domain):
        return domain
    return _validated(f"x@{domain}").rpartition("@")[2]


def _is_plainly_right(domain: str) -> bool:
    """Say whether it is one beyond doubt, in lower-case letters, digits and single hyphens (RFC 1123, 2.1)."""
    return (
        len(domain) <= _MAX_DOMAIN
        and _PLAIN_DOMAIN.match(domain) is not None
        and not domain.endswith(_SPECIAL_USE)
        and max(map(len, domain.split("."))) <= _MAX_LABEL
    )


def _validated(text: str) -> str:
    # Cold start: 45 ms that hardly any address needs.
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415

    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise Flaw("this is no e-mail address", str(error)) from None
