"""What one setting may look like. Each function returns the value to use, or raises Flaw with a remedy.

No flaw repeats what was written: a password may have been put in the wrong place. What is shown of a value is a host
or a port that was taken out of it.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from nudger.config.flaws import Flaw, code_point
from nudger.domain.transport_security import is_loopback

MAX_LENGTH = 2_000
PORTS = {"smtp": 25, "submission": 587, "smtps": 465, "submissions": 465}

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\Z", re.IGNORECASE)
_ATOMS = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_SENDER = re.compile(r'\s*(?:"(?P<quoted>[^"<>]*)"|(?P<plain>[^"<>]*?))\s*<(?P<address>[^<>]*)>\s*')
_SID = "{} and 32 digits from 0-9 and a-f"
_ODD_SPACE = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_HTTPS = "Write https:// and a host, as in https://api.example.org (http:// only for this machine itself)."


def one_line(text: str) -> str:
    """Return a text that stands on one line and is of a bounded length."""
    if len(text) > MAX_LENGTH:
        raise Flaw(f"it has {len(text):,} characters", f"At most {MAX_LENGTH:,}.")
    for letter in text:
        if letter == "\ufffd" or "\ud800" <= letter <= "\udfff":
            raise Flaw("it is no text in UTF-8", "Write it in UTF-8.")
        if not letter.isprintable() and not _ODD_SPACE.match(letter):
            raise Flaw(f"it holds {code_point(letter)}, which nobody can see", "Write it without that, on one line.")
    return text


def host(text: str) -> str:
    """Return the name or the address of a server, a name with other letters than a-z in its ASCII form (RFC 5890)."""
    name = text.strip()
    if "://" in name:
        raise Flaw("this is a web address, and a name is expected", "Leave out what stands before and after the name.")
    if "@" in name or "/" in name:
        raise Flaw("this is no name of a server", "Write the name alone, as in smtp.example.org.")
    bare = name[1:-1] if name.startswith("[") and name.endswith("]") else name
    if _is_address(bare):
        return bare
    before, colon, port = name.rpartition(":")
    if colon and port.isdigit():
        raise Flaw("the port has a setting of its own", f"Leave out ':{port}', and write NUDGER_SMTP_PORT={port}.")
    if name.endswith("."):
        raise Flaw("the name ends with a dot, which no certificate has", "Leave out the dot.")
    ascii_name = _ascii(name)
    labels = ascii_name.split(".")
    if before or len(ascii_name) > 253 or not all(map(_LABEL.match, labels)) or labels[-1].isdigit():  # noqa: PLR2004 - RFC 1035
        raise Flaw("this is no name of a server", "Write a name as in smtp.example.org, or an IP address.")
    return ascii_name


def port(text: str | int) -> int:
    """Return a port from 1 to 65535."""
    bare = str(text).strip().lower()
    if bare in PORTS:
        raise Flaw("a whole number is expected", f"Write {PORTS[bare]}.")
    if not (bare.isascii() and bare.isdigit()):
        raise Flaw("a whole number is expected", "587 with starttls, 465 with tls.")
    if not 1 <= int(bare[:9]) <= 65535:  # noqa: PLR2004 - sixteen bits
        raise Flaw("there is no such port", "A port is from 1 to 65535: 587 with starttls, 465 with tls.")
    return int(bare)


def sender(text: str) -> str:
    """Return `address` or `Name <address>`, as a mail's From wants it: the domain in its ASCII form."""
    match = _SENDER.fullmatch(text)
    if match is None and ("<" in text or ">" in text):
        raise Flaw("this is neither an address nor Name <address>", _from())
    address = (match["address"] if match else text).strip()
    if address.count("@") != 1 or address.startswith("@") or address.endswith("@"):
        raise Flaw("there is no e-mail address in it", _from())
    mended = mailbox(address)
    name = (match["quoted"] or match["plain"] or "").strip() if match else ""
    if not match:
        return mended
    return f'"{name}" <{mended}>' if re.search(r"[^\w\s.-]", name) else f"{name} <{mended}>".strip()


def mailbox(address: str) -> str:
    """Return an e-mail address with its domain in ASCII. Raises Flaw, also for a local part that is not ASCII."""
    if address.isascii():
        local, _, domain = address.rpartition("@")
        if len(address) > 254 or not _ATOMS.fullmatch(local) or not all(map(_LABEL.match, domain.split("."))):  # noqa: PLR2004 - RFC 5321
            raise Flaw("this is no e-mail address", _from())
        return address
    # Cold start: 45 ms that hardly any sender needs.
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415

    try:
        found = validate_email(address, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        raise Flaw("this is no e-mail address", _from()) from None
    if found.ascii_email is None:
        raise Flaw("before the @ only a-z, digits and . + - _ can be a sender", _from())
    return f"{found.local_part}@{found.ascii_domain}"


def _from() -> str:
    return 'Write notes@example.org, or "Small notes <notes@example.org>".'


def account_sid(text: str) -> str:
    """Return a Twilio account's SID."""
    if re.fullmatch(r"AC[0-9a-fA-F]{32}", text):
        return text
    expected = f"An account SID is {_SID.format('AC')}."
    if text.startswith("SK"):
        raise Flaw("this is the SID of an API key, and the account's is wanted", expected)
    if text.startswith(("MG", "PN")):
        raise Flaw(
            "this is the SID of a sender, and the account's is wanted", f"{expected} Senders: NUDGER_TWILIO_FROM."
        )
    if text.upper().startswith("AC") and len(text) != 34:  # noqa: PLR2004
        raise Flaw(f"this has {len(text)} characters, and an account SID has 34", expected)
    raise Flaw("this is no account SID", expected)


def sms_sender(text: str) -> str:
    """Return who an SMS comes from: a number, a messaging service, a short code or a name.

    https://www.twilio.com/docs/messaging/api/message-resource, `From` and `MessagingServiceSid`; for names
    https://www.twilio.com/docs/glossary/what-alphanumeric-sender-id
    """
    if text.startswith("MG") and len(text) > 11:  # noqa: PLR2004 - longer than any name
        if re.fullmatch(r"MG[0-9a-fA-F]{32}", text):
            return text
        raise Flaw("this is no messaging service", f"Its SID is {_SID.format('MG')}.")
    if re.match(r"(PN|AC|SK)[0-9a-fA-F]{32}\Z", text):
        raise Flaw(f"a SID that begins with {text[:2]} cannot send", "Write the number itself, or a service (MG…).")
    if ":" in text:
        raise Flaw("only SMS can be sent", "Write the number alone, as in +14135550123.")
    compact = re.sub(r"[ ().\xa0/-]", "", text)
    if re.fullmatch(r"\+?[0-9]+", compact):
        return _number(text, compact)
    if re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11}", text):
        return text
    raise Flaw(
        "this can send no SMS", "Write a number as in +14135550123, a service (MG…), or a name of at most 11 letters."
    )


def _number(text: str, compact: str) -> str:
    if not compact.startswith("+"):
        if 3 <= len(compact) <= 6 and compact == text:  # noqa: PLR2004 - short codes
            return text
        raise Flaw("the number has no plus and no country code", "Write all of it, as in +14135550123.")
    if compact != text:
        raise Flaw("there is more than digits in the number", "Write + and digits alone, as in +14135550123.")
    # Cold start: 35 ms that only whoever sends SMS needs.
    import phonenumbers  # noqa: PLC0415

    try:
        possible = phonenumbers.is_possible_number(phonenumbers.parse(text))
    except phonenumbers.NumberParseException:
        possible = False
    if not possible:
        raise Flaw("there is no such number", "Write the country code and all digits, as in +14135550123.")
    return text


def base_url(text: str) -> str:
    """Return the address of an API, without a slash at its end."""
    match = re.fullmatch(
        r"(?i)(https?)://(?P<host>\[[0-9a-f:.]+\]|[^/?#@:\s]+)(:(?P<port>[0-9]{1,5}))?(?P<path>/[^?#\s]*)?", text
    )
    if match is None:
        odd = "://" in text and ("@" in text or "?" in text or "#" in text)
        raise Flaw("this holds more than an address" if odd else "this is no web address", _HTTPS)
    where = match["host"]
    if match[1].lower() == "http" and not is_loopback(where):
        raise Flaw("http:// would send the token and every text in clear", _HTTPS)
    host(where)
    if match["port"] and not 1 <= int(match["port"]) <= 65535:  # noqa: PLR2004
        raise Flaw("there is no such port", _HTTPS)
    if "/2010-04-01" in (match["path"] or ""):
        raise Flaw("the version of the API is added by itself", "Leave out /2010-04-01 and what follows it.")
    return text.rstrip("/")


def path(text: str) -> Path:
    """Return a path as it is written: nothing is filled in."""
    found = Path(text)
    if text.startswith("~") and not _exists(Path(found.parts[0])):
        raise Flaw("~ is no folder here", "Nothing is filled in: write the whole path, as in /home/you/nudges.")
    if re.search(r"\$\{?[A-Z_]+", text) and not _exists(found):
        raise Flaw("nothing is filled in for $ and what follows it", "Write the whole path.")
    if any(len(part.encode(errors="surrogateescape")) > 255 for part in found.parts):  # noqa: PLR2004 - NAME_MAX
        raise Flaw("a name in this path is longer than any file's can be", "At most 255 bytes for each.")
    return found


def choice(text: str, known: Iterable[str], meant: Mapping[str, str]) -> str:
    """Return one of the known words, in small letters; `meant` are words of other programs for them."""
    word = text.strip().lower()
    if word in known:
        return word
    words = " or ".join(filter(None, [", ".join([*known][:-1]), [*known][-1]]))
    hint = f"Did you mean {meant[word]}? " if word in meant else ""
    raise Flaw("this is none of the words for it", f"{hint}Write {words}.")


def contact(text: str) -> str:
    """Return whom to write to: an address, or any words that say it."""
    if re.match(r"(mailto|tel):", text, re.IGNORECASE):
        raise Flaw("this is a link, and people read it", "Leave out what stands before the ':', and the ':'.")
    return mailbox(text) if re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", text) else text


def folder(found: Path) -> Path:
    """Return the path of a folder, which need not be there."""
    if _exists(found) and not found.is_dir():
        raise Flaw("this is no folder", "A folder is expected; it is made if it is not there.")
    return found


def certificates(found: Path) -> Path:
    """Return the path of a file with certificates in PEM."""
    import ssl  # noqa: PLC0415 - Cold start: hardly anybody has a certificate authority of their own

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(found)
    except ssl.SSLError:
        raise Flaw(
            "no certificate can be read from this file", "Certificates in PEM (-----BEGIN …) are expected."
        ) from None
    except OSError as error:
        raise Flaw(f"this file cannot be read: {(error.strerror or 'unknown trouble').lower()}") from None
    return found


def _exists(found: Path) -> bool:
    try:
        return found.exists()
    except OSError:
        return False


def _is_address(name: str) -> bool:
    from ipaddress import ip_address  # noqa: PLC0415

    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _ascii(name: str) -> str:
    return name if name.isascii() else mailbox(f"x@{name}").rpartition("@")[2]
