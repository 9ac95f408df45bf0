"""A place for a name in a text: what people write for it, and what is read as one."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from nudger.config.flaws import nearest
from nudger.domain import placeholders
from nudger.domain.placeholders import KNOWN_NAMES, MAY_BE_UNKNOWN

FALLBACKS: Mapping[str, str] = MappingProxyType(
    {
        "name": "friend",
        "contact": "us",
        "supporter": "someone you trust",
        "local_service": "a local service",
    }
)
"""What may stand where a value is unknown, as an example to write."""

_OTHER_NAMES = {
    "name": "first_name firstname fname first username user_name user recipient recipient_name your_name the_name "
    "full_name fullname last_name lastname lname client patient person nickname contact_name nombre vorname",
    "weekday": "day today dow day_of_week",
    "part_of_day": "time_of_day daytime",
    "crisis_line": "hotline helpline crisis crisis_number crisisline emergency",
    "supporter": "supporter_name friend",
    "contact": "operator admin sender from email support_email",
    "service": "service_name organisation organization org company app",
    "local_service": "localservice clinic centre center",
}
_KNOWN_AS = {other: name for name, others in _OTHER_NAMES.items() for other in others.split()}
_LOOSE = re.compile(
    r"\s*([^\W\d][\w. ]*?)\s*(?:!\w)?\s*(?:(?:[|,:;/=]{1,2}|\bor\b)\s*['\"]?(.*?)['\"]?\s*)?\Z", re.DOTALL
)
_LONGEST = 100


def known(word: str) -> str | None:
    """Return the name that is filled in for a word, in any spelling that is certain: `First Name` is `name`."""
    plain = re.sub(r"[\s.]+", "_", word.strip().lower())
    last = plain.rpartition("_")[2] if "." in word else plain  # user.name
    return next((each for each in (plain, last) if each in KNOWN_NAMES), None) or _KNOWN_AS.get(plain)


def placeholder(word: str, fallback: str = "") -> str | None:
    """Return the placeholder that was meant, with a fall-back where it needs one; None for a word that is none."""
    name = known(word)
    return name and _written(name, fallback.removeprefix("|").strip() if fallback else None)


def _written(name: str, fallback: str | None) -> str:
    if fallback is None and name in MAY_BE_UNKNOWN:
        fallback = FALLBACKS[name]
    return f"{{{name}}}" if fallback is None else f"{{{name}|{fallback}}}"


def proposals(inside: str) -> Iterator[str]:
    """Yield what may be meant by something between braces: `{name|friend}` for `name | friend` or `nmae, friend`."""
    match = _LOOSE.match(inside[:_LONGEST])
    name = (known(match[1]) or nearest(match[1].replace(" ", "_"), KNOWN_NAMES)) if match else None
    if match and name:
        yield _written(name, match[2])


def reads(text: str) -> bool:
    """Say whether a text can be filled in for everybody as it stands."""
    template = placeholders.parse(text)
    return not template.faults and all(
        each.name in KNOWN_NAMES and (each.fallback is not None or each.name not in MAY_BE_UNKNOWN)
        for each in template.placeholders
    )
