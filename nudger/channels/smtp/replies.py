"""What trouble in an SMTP dialogue means: decided by the reply code and by how far the dialogue got.

Both smtplib and aiosmtplib raise the same class for 421, 450 and 550, so the class decides nothing. Until the
final dot nothing was accepted (RFC 5321, 4.1.1.4), and after it, without an answer, nobody can know (RFC 1047).
"""

import re
import ssl
from enum import StrEnum

import aiosmtplib

from nudger.errors import DeliveryError, Effect

_LOGIN = frozenset({530, 534, 535, 538})  # RFC 4954, 6
_SENDER_REFUSED = frozenset({550, 551, 553, 554})
_GOING_AWAY = 421  # "service not available, closing transmission channel", at any stage
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)", re.ASCII)


class Stage(StrEnum):
    """How far a dialogue got; each refusal means what it means at its stage."""

    OPENING = "opening"
    """Greeting, EHLO, STARTTLS, AUTH."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"
    DOT = "dot"
    """The final dot was written: the server may have accepted the mail."""


def effect_of(stage: Stage, code: int) -> Effect:
    """Return what a reply code means at a stage (RFC 5321, 4.2.1).

    The first digit decides. 4yz may pass. 5yz is about the account while opening, about our sender at MAIL (except a
    size, 552), and about this mail later. Any other is no answer to the question, and whatever was asked was not
    granted: a 3yz at RCPT takes no recipient, a 2yz at DATA no content. After the dot it leaves the mail in doubt.
    """
    if is_passing(code):
        return Effect.TRY_AGAIN
    if is_final(code):
        ours = stage is Stage.OPENING or code in _LOGIN or (stage is Stage.SENDER and code in _SENDER_REFUSED)
        return Effect.CHANNEL_DOWN if ours else Effect.GIVE_UP
    return _lost(stage)


def is_success(code: int) -> bool:
    """Say whether a reply is a "yes" (2yz): 252 at RCPT is one, and so is a code that nobody has defined."""
    return code // 100 == 2  # noqa: PLR2004 - RFC 5321's classes of replies


def is_intermediate(code: int) -> bool:
    """Say whether a reply is a "go on" (3yz)."""
    return code // 100 == 3  # noqa: PLR2004


def is_passing(code: int) -> bool:
    """Say whether a reply is a "not now" (4yz)."""
    return code // 100 == 4  # noqa: PLR2004


def is_final(code: int) -> bool:
    """Say whether a reply is a "no" (5yz)."""
    return code // 100 == 5  # noqa: PLR2004


def is_plain_refusal(error: Exception) -> bool:
    """Say whether the server refused, and the connection is none the worse for it."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return (is_passing(error.code) or is_final(error.code)) and error.code != _GOING_AWAY
    return isinstance(error, DeliveryError)


def trouble(stage: Stage, error: Exception) -> DeliveryError:
    """Return the DeliveryError for whatever a dialogue ended in at a stage."""
    if isinstance(error, DeliveryError):
        return error
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return DeliveryError(_code(error), effect_of(stage, error.code))
    cause = error.__cause__ or error
    if stage is Stage.OPENING and isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError):
        return DeliveryError(_tls(cause), Effect.CHANNEL_DOWN)
    return DeliveryError(_word(error), _lost(stage))


def _lost(stage: Stage) -> Effect:
    return Effect.UNCERTAIN if stage is Stage.DOT else Effect.TRY_AGAIN


def _code(error: aiosmtplib.SMTPResponseException) -> str:
    """The reply code, with the enhanced code (RFC 3463) where there is one; never the words, which hold addresses."""
    if not 200 <= error.code < 600:  # noqa: PLR2004 - aiosmtplib's -1 for what is no reply at all
        return "bad_reply"
    enhanced = _ENHANCED.match(error.message)
    return f"{error.code} {enhanced[0]}" if enhanced else str(error.code)


def _tls(error: ssl.SSLError) -> str:
    return "tls_certificate" if isinstance(error, ssl.SSLCertVerificationError) else "tls"


def _word(error: Exception) -> str:
    match error:
        case TimeoutError():
            return "timeout"
        case aiosmtplib.SMTPConnectError():
            return "no_connection"
        case aiosmtplib.SMTPException() | OSError():
            return "broken_connection"
        case _:
            return f"unexpected_{type(error).__name__}"
