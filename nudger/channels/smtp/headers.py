"""Header values that cannot hold a second header, whatever a name, a subject or an address holds."""

import re
import textwrap
from base64 import b64encode
from collections.abc import Iterator
from functools import lru_cache

from nudger.errors import DeliveryError, Effect

_ATOM = r"[^\s\"(),.:;<>@\[\\\]]+"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_ATOM}(?:\.{_ATOM})*")
_LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets
_LINE = 66  # and "Reply-To: " in front is still under the 78 of RFC 5322, 2.1.1
_CHUNK = 39  # bytes: an encoded word of 64 characters, at most 75 by RFC 2047, 2
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_NO_WORDS = re.compile(r"[\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef\ufffe\uffff]")
"""Half surrogates, what turns the direction of all that follows, and what is no character (Unicode, 23.7)."""


def is_address(address: str) -> bool:
    """Say whether this is one address, `atoms@atoms` (RFC 5322, 3.4.1; RFC 6532), that can stand in a header."""
    return (
        address.isprintable() and _ADDRESS.fullmatch(address) is not None and len(address.encode()) <= _LONGEST_ADDRESS
    )


def on_the_wire(address: str) -> str:
    """Return an address as any server takes it: the domain in A-labels (RFC 5890, 2.3.2.1), `x@xn--bcher-kva.example`.

    Only a local part beyond ASCII then still needs SMTPUTF8 (RFC 6531). Raises DeliveryError (GIVE_UP) unless it is an
    address whose domain can be written so.
    """
    if not is_address(address):
        raise DeliveryError("bad_address", Effect.GIVE_UP)
    local, _, domain = address.rpartition("@")
    if not domain.isascii():
        address = f"{local}@{_a_labels(domain)}"
    if not is_address(address):  # longer now
        raise DeliveryError("bad_address", Effect.GIVE_UP)
    return address


@lru_cache(maxsize=4096)
def _a_labels(domain: str) -> str:
    # Cold start: its tables are 15 ms that most installations need not wait for.
    import idna  # noqa: PLC0415

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise DeliveryError("bad_address", Effect.GIVE_UP) from None


def one_line(text: str) -> str:
    """Return the text on one line, with single spaces, and without what could steer whoever shows it.

    All else stays: a soft hyphen, what joins emoji or Persian letters, an emoji newer than Python's tables.
    """
    if not text.isprintable():
        text = _NO_WORDS.sub("", _CONTROLS.sub(" ", text))
    return " ".join(text.split())


def mailbox(name: str, address: str) -> str:
    """Return `"Name" <address>`, or the address alone, as `on_the_wire` has it. Raises as it does."""
    address = on_the_wire(address)
    name = one_line(name)
    if not name:
        return address
    phrase = _phrase(name)
    gap = " " if len(phrase) + len(address) <= _LINE else "\r\n "
    return f"{phrase}{gap}<{address}>"


def words(text: str) -> str:
    """Return a line of text as a header value: as it is, folded, or in RFC 2047's encoded words."""
    if text.isascii() and "=?" not in text:
        lines = textwrap.wrap(text, _LINE, break_long_words=False, break_on_hyphens=False)
        if all(len(line) <= _LINE for line in lines):
            return "\r\n ".join(lines)
    return "\r\n ".join(_encoded_words(text))


def _phrase(name: str) -> str:
    if name.isascii() and "=?" not in name and len(name) <= _LINE:
        return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return "\r\n ".join(_encoded_words(name))


def _encoded_words(text: str) -> Iterator[str]:
    for chunk in _chunks(text):
        yield f"=?utf-8?b?{b64encode(chunk).decode('ascii')}?="


def _chunks(text: str) -> Iterator[bytes]:
    """Cut into pieces of whole characters: an encoded word may not end within one (RFC 2047, 5)."""
    chunk = b""
    for character in text:
        piece = character.encode()
        if len(chunk) + len(piece) > _CHUNK:
            yield chunk
            chunk = b""
        chunk += piece
    if chunk:
        yield chunk
