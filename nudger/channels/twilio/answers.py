"""What Twilio's answers mean. Every field is read as if anything could stand in it, and nothing but a SID is a yes.

https://www.twilio.com/docs/usage/twilios-response (statuses, the two JSON forms of an error: Twilio's own, and
RFC 9457's), https://www.twilio.com/docs/messaging/api/message-resource (a message's fields),
https://www.twilio.com/docs/api/errors (codes).
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from nudger.channels.twilio.http import Answer
from nudger.errors import DeliveryError, Effect

EFFECTS: Mapping[int, Effect] = MappingProxyType(
    {
        # The address
        21211: Effect.SUPPRESS,  # invalid 'To' number
        21214: Effect.SUPPRESS,  # 'To' cannot be reached
        21217: Effect.SUPPRESS,  # does not appear to be a phone number
        21610: Effect.SUPPRESS,  # the person said STOP to this sender
        21614: Effect.SUPPRESS,  # not a mobile number
        30005: Effect.SUPPRESS,  # unknown handset
        30006: Effect.SUPPRESS,  # landline or unreachable carrier
        # This message
        413: Effect.GIVE_UP,
        21408: Effect.GIVE_UP,  # the account may not send to that region
        21612: Effect.GIVE_UP,  # no route between this 'To' and 'From'
        21617: Effect.GIVE_UP,  # longer than 1,600 characters
        30004: Effect.GIVE_UP,  # blocked on its way
        30007: Effect.GIVE_UP,  # filtered: sending the same words again worsens it
        # The account, or what we were told about it
        401: Effect.CHANNEL_DOWN,
        402: Effect.CHANNEL_DOWN,
        403: Effect.CHANNEL_DOWN,
        404: Effect.CHANNEL_DOWN,  # no such account, or a base URL that is not the API's
        405: Effect.CHANNEL_DOWN,  # whatever is there, it is not the API
        407: Effect.CHANNEL_DOWN,
        410: Effect.CHANNEL_DOWN,
        421: Effect.CHANNEL_DOWN,
        451: Effect.CHANNEL_DOWN,
        501: Effect.CHANNEL_DOWN,  # "does not support the functionality": RFC 9110, 15.6.2
        505: Effect.CHANNEL_DOWN,
        511: Effect.CHANNEL_DOWN,  # a network that wants a login first: RFC 6585, 6
        20003: Effect.CHANNEL_DOWN,  # authentication
        20005: Effect.CHANNEL_DOWN,  # account not active
        20404: Effect.CHANNEL_DOWN,  # no such account
        21212: Effect.CHANNEL_DOWN,  # invalid 'From' number
        21603: Effect.CHANNEL_DOWN,  # no 'From'
        21606: Effect.CHANNEL_DOWN,  # 'From' is not ours, or cannot send SMS
        21608: Effect.CHANNEL_DOWN,  # trial account: only verified numbers
        21659: Effect.CHANNEL_DOWN,  # 'From' is not a Twilio number
        21660: Effect.CHANNEL_DOWN,  # 'From' belongs to another account
        21701: Effect.CHANNEL_DOWN,  # no such messaging service
        21703: Effect.CHANNEL_DOWN,  # the messaging service has no number
        30002: Effect.CHANNEL_DOWN,  # account suspended
        30032: Effect.CHANNEL_DOWN,  # toll-free number not verified
        30034: Effect.CHANNEL_DOWN,  # 10DLC campaign not registered
        # Later
        425: Effect.TRY_AGAIN,
        429: Effect.SLOW_DOWN,
        20429: Effect.SLOW_DOWN,  # too many requests
        21611: Effect.TRY_AGAIN,  # the sender's queue is full
        30001: Effect.TRY_AGAIN,  # queue overflow
        30003: Effect.TRY_AGAIN,  # handset off or out of reach
        30008: Effect.TRY_AGAIN,  # unknown error
        30022: Effect.TRY_AGAIN,  # the carrier's rate limit
        # Nobody can know
        408: Effect.UNCERTAIN,
    }
)
"""What Twilio's error codes, and bare HTTP statuses, mean. See `effect_of` for those that are not listed."""

NOT_SENT = frozenset({"failed", "undelivered", "canceled"})
"""Statuses with which Twilio says that a message did not reach, or never will reach, anybody."""

_BROKEN: tuple[tuple[type[Exception], str, Effect], ...] = (
    (aiohttp.InvalidURL, "no_address", Effect.CHANNEL_DOWN),
    (aiohttp.ClientConnectorCertificateError, "tls_certificate", Effect.CHANNEL_DOWN),
    (aiohttp.ClientConnectorError, "no_connection", Effect.TRY_AGAIN),  # refused, no route, no such name
    (aiohttp.ConnectionTimeoutError, "no_connection", Effect.TRY_AGAIN),
    (TimeoutError, "timeout", Effect.UNCERTAIN),
    (aiohttp.ClientError, "broken_connection", Effect.UNCERTAIN),
    (OSError, "broken_connection", Effect.UNCERTAIN),
)
"""What a missing answer means, the first kind that fits: nothing was written before there was a connection."""

_TOO_MANY = 429
_FIRST_CODE = 10_000  # what is smaller in the table is an HTTP status
_NUMBER = re.compile(r"\s*(\d{1,9})(?:\.0*)?\s*", re.ASCII)
_LONGEST_NUMBER = 9
_HOST = re.compile(r"[0-9a-z.:-]{1,253}", re.ASCII)
_SID = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)
_INTERNET_DATE = re.compile(
    r"(?:[a-z]{3}, *)?\d{1,2} [a-z]{3} \d{4} \d\d:\d\d(?::\d\d)? (?:[+-]\d{4}|gmt|ut|utc|z)", re.ASCII | re.IGNORECASE
)
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:[Zz]|[+-]\d\d:?\d\d)", re.ASCII)


def sid_of(answer: Answer) -> str:
    """Return the SID of the message that a create's answer accepts. Raises DeliveryError for any other answer.

    A 2xx (RFC 9110, 15.3) says that the request was carried out; one without a SID, an empty 204 or a list among them,
    proves neither that there is a message nor that there is none. One whose message has failed is a refusal.
    """
    if not 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP's classes of status
        raise refusal(answer)
    message = json_object(answer.body)
    if message is None:
        raise answer_lost(answer)
    if not_sent := refusal_in(message):
        raise not_sent
    sid = read_sid(message)
    if sid is None:
        raise DeliveryError("no_sid", Effect.UNCERTAIN)
    return sid


def refusal_in(message: Mapping[str, Any]) -> DeliveryError | None:
    """Return what it means that Twilio lists a message as not sent, by its `error_code`; None for any other status."""
    status = message.get("status")
    word = status.strip().lower() if isinstance(status, str) else ""
    if word not in NOT_SENT:
        return None
    code = read_number(message.get("error_code"))
    effect = EFFECTS.get(code, Effect.GIVE_UP) if code and code >= _FIRST_CODE else Effect.GIVE_UP
    return DeliveryError(word if code is None else str(code), effect)


def refusal(answer: Answer) -> DeliveryError:
    """Return what an answer other than 2xx means.

    A redirect did nothing (RFC 9110, 15.4: "further action needs to be taken"); the API has none for a POST, so the
    address is not the API's. The code names the host that it points to, and nothing else of it. A page that is not
    Twilio's does not say what Twilio made of the request, unless its status is about the account or the address.
    """
    status = answer.status
    if 300 <= status < 400:  # noqa: PLR2004
        return DeliveryError(_redirected(answer), Effect.CHANNEL_DOWN)
    if status == _TOO_MANY:
        return DeliveryError("20429", EFFECTS[_TOO_MANY], retry_after=_wish(answer))
    said = json_object(answer.body)
    if said is None:
        if answer.trouble is not None and status not in EFFECTS:
            return answer_lost(answer)
        return DeliveryError(f"http_{status}", EFFECTS.get(status, Effect.UNCERTAIN))
    code = read_number(said.get("code"))
    return DeliveryError(str(code or status), effect_of(status, code or status))


def effect_of(status: int, code: int) -> Effect:
    """Return what a refusal with a code means. One that is not listed is final.

    A 5xx wins over any code: Twilio says itself (error 20500) that such a create may have been carried out.
    """
    if not 300 <= status < 500:  # noqa: PLR2004
        return EFFECTS.get(status, Effect.UNCERTAIN)
    if status < 400:  # noqa: PLR2004
        return Effect.CHANNEL_DOWN
    return EFFECTS.get(code, EFFECTS.get(status, Effect.GIVE_UP))


def answer_lost(answer: Answer) -> DeliveryError:
    """Return the error for an answer whose body cannot be read."""
    return failure(answer.trouble) if answer.trouble else DeliveryError(f"http_{answer.status}", Effect.UNCERTAIN)


def failure(error: Exception) -> DeliveryError:
    """Return the DeliveryError for whatever an attempt ended in."""
    if isinstance(error, DeliveryError):
        return error
    for kind, word, effect in _BROKEN:
        if isinstance(error, kind):
            return DeliveryError(word, effect)
    return DeliveryError(f"unexpected_{type(error).__name__}", Effect.UNCERTAIN)


def json_object(body: str | None) -> dict[str, Any] | None:
    """Return the JSON object that a body holds, or None: every answer of the API is one."""
    try:
        # A whole number of more than 4,300 digits is a ValueError to Python.
        found = json.loads(body or "", parse_int=lambda digits: int(digits) if len(digits) <= _LONGEST_NUMBER else None)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def read_number(value: object) -> int | None:
    """Return a positive whole number, written as one, as `21610.0` or as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        match = _NUMBER.fullmatch(value)
        return int(match[1]) or None if match else None
    return int(value) if value > 0 and value < 10**_LONGEST_NUMBER and value == int(value) else None


def read_sid(message: Mapping[str, Any]) -> str | None:
    """Return a message's SID, or None where there is none that could be asked about again."""
    sid = message.get("sid")
    return sid if isinstance(sid, str) and _SID.fullmatch(sid) else None


def read_moment(value: object) -> datetime | None:
    """Return a time in Twilio's form (RFC 2822), or in ISO 8601 with its zone; None for any other.

    A guess at another form, or at a zone that is not written, could make a new message an old one.
    """
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        if _INTERNET_DATE.fullmatch(text):
            # "-0000" (RFC 5322, 3.3): UTC, and nothing is said about the place
            return parsedate_to_datetime(re.sub(r"-0000$", "+0000", text))
        return datetime.fromisoformat(text.replace(",", ".").upper()) if _ISO_DATE.fullmatch(text) else None
    except (ValueError, OverflowError):
        return None


def _redirected(answer: Answer) -> str:
    try:
        host = urlsplit(answer.headers.get("Location", "")).hostname or ""
    except ValueError:
        host = ""
    return f"the address redirects to {host}" if _HOST.fullmatch(host) else f"http_{answer.status}"


def _wish(answer: Answer) -> timedelta | None:
    """Read Retry-After (RFC 9110, 10.2.3): seconds, or a moment by the clock of the server, which gives its Date."""
    words = answer.headers.get("Retry-After", "").strip()
    if words.isascii() and words.isdigit():
        return timedelta(seconds=min(int(words[:9]), 86_400))
    until, theirs = read_moment(words), read_moment(answer.headers.get("Date"))
    if until is None or theirs is None or until <= theirs:
        return None
    return min(until - theirs, timedelta(days=1))
