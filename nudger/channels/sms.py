"""SMS over Twilio, or over a provider that speaks Twilio's API.

Twilio's Messages have no idempotency key, so an attempt whose answer was lost is settled by asking for the
messages to that number, never by sending again.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

import aiohttp
from twilio.base.exceptions import (  # type: ignore[import-untyped]
    TwilioRestException,
    TwilioServiceException,
)
from twilio.rest import Client  # type: ignore[import-untyped]
from twilio.rest.api.v2010.account.message import (  # type: ignore[import-untyped]
    MessageInstance,
    MessageList,
)

from nudger.channels.loopback import is_loopback
from nudger.channels.twilio_http import NotTwilioError, TwilioHttp
from nudger.domain.nudges import Parcel, Receipt
from nudger.errors import DeliveryError, Effect, SettingsError

EFFECTS: Mapping[int, Effect] = MappingProxyType(
    {
        # The address: https://www.twilio.com/docs/api/errors
        21211: Effect.SUPPRESS,  # invalid 'To' number
        21214: Effect.SUPPRESS,  # 'To' cannot be reached
        21217: Effect.SUPPRESS,  # does not appear to be a phone number
        21610: Effect.SUPPRESS,  # the person said STOP to this sender
        21614: Effect.SUPPRESS,  # not a mobile number
        30005: Effect.SUPPRESS,  # unknown handset
        30006: Effect.SUPPRESS,  # landline or unreachable carrier
        # This message
        21408: Effect.GIVE_UP,  # the account may not send to that region
        21612: Effect.GIVE_UP,  # no route between this 'To' and 'From'
        21617: Effect.GIVE_UP,  # longer than 1,600 characters
        30007: Effect.GIVE_UP,  # filtered: sending the same words again worsens it
        # The account, or what we were told about it
        401: Effect.CHANNEL_DOWN,
        403: Effect.CHANNEL_DOWN,
        404: Effect.CHANNEL_DOWN,  # no such account, or a base URL that is not the API's
        407: Effect.CHANNEL_DOWN,
        20003: Effect.CHANNEL_DOWN,  # authentication
        20005: Effect.CHANNEL_DOWN,  # account not active
        20404: Effect.CHANNEL_DOWN,  # no such account
        21212: Effect.CHANNEL_DOWN,  # invalid 'From' number
        21603: Effect.CHANNEL_DOWN,  # no 'From'
        21606: Effect.CHANNEL_DOWN,  # 'From' is not ours, or cannot send SMS
        21608: Effect.CHANNEL_DOWN,  # trial account: only verified numbers
        21659: Effect.CHANNEL_DOWN,  # 'From' is not a Twilio number
        21660: Effect.CHANNEL_DOWN,  # 'From' belongs to another account
        30034: Effect.CHANNEL_DOWN,  # 10DLC campaign not registered
        # Later
        429: Effect.TRY_AGAIN,
        20429: Effect.TRY_AGAIN,  # too many requests
        21611: Effect.TRY_AGAIN,  # the sender's queue is full
        30003: Effect.TRY_AGAIN,  # handset off or out of reach
    }
)
"""What Twilio's error codes, and bare HTTP statuses, mean. See `effect_of` for those that are not listed."""

_BROKEN: tuple[tuple[type[Exception], str, Effect], ...] = (
    (aiohttp.ClientConnectorCertificateError, "tls_certificate", Effect.CHANNEL_DOWN),
    (aiohttp.ClientConnectorError, "no_connection", Effect.TRY_AGAIN),  # refused, no route, no such name
    (aiohttp.ConnectionTimeoutError, "no_connection", Effect.TRY_AGAIN),
    (TimeoutError, "timeout", Effect.UNCERTAIN),
    (aiohttp.ClientError, "broken_connection", Effect.UNCERTAIN),
    (OSError, "broken_connection", Effect.UNCERTAIN),
)
"""What a missing answer means, the first kind that fits: nothing was written before there was a connection."""

_LONGEST_VALIDITY = 36_000
_PAGE = 50
_MOST = 1000
_CLOCKS_DIFFER = timedelta(seconds=5)
_LAST_WORD = timedelta(seconds=1)


class TwilioSms:
    """Sends SMS through one Twilio account, from one number or (a sender that starts with MG) messaging service."""

    provider = "twilio"
    concurrency = 20

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        sender: str,
        clock: Callable[[], datetime],
        base_url: str | None = None,
        timeout: timedelta = timedelta(seconds=30),
    ) -> None:
        _require_safe(base_url)
        self._sender = sender
        self._clock = clock
        self._deadline = (timeout + _LAST_WORD).total_seconds()
        self._http = TwilioHttp(timeout)
        self._messages = _messages(account_sid, auth_token, self._http, base_url)

    async def send(self, parcel: Parcel) -> Receipt:
        """Return Twilio's SID for the message. Raises DeliveryError, and nothing else, when it was not accepted."""
        try:
            async with asyncio.timeout(self._deadline):
                message = await self._messages.create_async(
                    to=parcel.address,
                    body=parcel.rendered.text,
                    validity_period=self._validity(parcel),
                    **self._from(),
                )
        except Exception as error:  # noqa: BLE001 - whatever it is, the request may have gone out
            raise failure(error) from None
        if not message.sid:
            raise DeliveryError("no_sid", Effect.UNCERTAIN)
        return _receipt(message)

    async def find(self, parcel: Parcel) -> tuple[Receipt, ...]:
        """Return a receipt for each message that can be this parcel, oldest first. Raises DeliveryError.

        Two equal texts to one person within seconds cannot be told apart by their words: a caller that keeps
        SIDs takes the first that no other nudge has.
        """
        try:
            async with asyncio.timeout(self._deadline):
                since = await self._sent_since(parcel)
        except Exception as error:  # noqa: BLE001 - twilio raises many kinds for an answer that it cannot read
            raise failure(error) from None
        oldest_first = sorted(
            (message for message in reversed(since) if self._is(message, parcel)),
            key=lambda message: message.date_created,  # whole seconds: within one, Twilio's own order stays
        )
        return tuple(map(_receipt, oldest_first))

    async def _sent_since(self, parcel: Parcel) -> list[MessageInstance]:
        """Return everything sent to that number since the attempt began, newest first, page by page.

        Only a list that reaches back to the attempt proves that something is not in it. No date filter: Twilio
        filters by date_sent, which a message still in its queue does not have.
        """
        since: list[MessageInstance] = []
        async for message in await self._messages.stream_async(to=parcel.address, limit=_MOST, page_size=_PAGE):
            if _created_before(message, parcel):
                return since
            since.append(message)
        if len(since) >= _MOST:
            raise DeliveryError("list_too_long", Effect.UNCERTAIN)
        return since

    async def close(self) -> None:
        """Let go of kept connections. A later send opens new ones."""
        await self._http.close()

    def _from(self) -> dict[str, str]:
        key = "messaging_service_sid" if self._sender.startswith("MG") else "from_"
        return {key: self._sender}

    def _validity(self, parcel: Parcel) -> int:
        """Seconds that Twilio may queue it, so that it never arrives after its last moment, at 3 in the morning."""
        left = (parcel.expires_at - self._clock()).total_seconds()
        return max(1, min(int(left), _LONGEST_VALIDITY))

    def _is(self, message: MessageInstance, parcel: Parcel) -> bool:
        return (
            message.date_created is not None
            and not _created_before(message, parcel)
            and self._sender in {message.from_, message.messaging_service_sid}
            and _same_words(message.body or "", parcel.rendered.text)
        )


def _created_before(message: MessageInstance, parcel: Parcel) -> bool:
    """Say whether a message is older than the attempt, give or take how far two clocks may be apart."""
    created = message.date_created
    return isinstance(created, datetime) and created < parcel.first_attempt_at - _CLOCKS_DIFFER


def effect_of(status: int, code: int) -> Effect:
    """Return what a refusal means: by its code, else a 4xx is final, a redirect not the API, the rest uncertain.

    A 5xx wins over any code: Twilio says itself (error 20500) that such a create may have been carried out.
    """
    if status >= 500:  # noqa: PLR2004 - HTTP's classes of status
        return Effect.UNCERTAIN
    if status < 400:  # noqa: PLR2004
        return Effect.CHANNEL_DOWN
    return EFFECTS.get(code, Effect.GIVE_UP)


def failure(error: Exception) -> DeliveryError:
    """Return the DeliveryError for whatever an attempt ended in."""
    if isinstance(error, DeliveryError):
        return error
    if isinstance(error, TwilioRestException | TwilioServiceException):
        code = error.code if isinstance(error.code, int) else error.status
        return DeliveryError(str(code), effect_of(error.status, code))
    if isinstance(error, NotTwilioError):
        # A proxy's 4xx page does not say what Twilio made of the request, unless it is about the account.
        return DeliveryError(f"http_{error.status}", EFFECTS.get(error.status, Effect.UNCERTAIN))
    for kind, word, effect in _BROKEN:
        if isinstance(error, kind):
            return DeliveryError(word, effect)
    return DeliveryError(f"unexpected_{type(error).__name__}", Effect.UNCERTAIN)


def _messages(account_sid: str, auth_token: str, http: TwilioHttp, base_url: str | None) -> MessageList:
    client = Client(account_sid, auth_token, http_client=http)
    if base_url is not None:
        client.region = client.edge = None  # twilio reads TWILIO_REGION and TWILIO_EDGE, and rewrites the host
        client.api.base_url = base_url
    return client.messages


def _require_safe(base_url: str | None) -> None:
    if base_url is None:
        return
    parts = urlsplit(base_url)
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname)):
        return
    raise SettingsError("NUDGER_TWILIO_BASE_URL must start with https:// (http:// only to this machine itself).")


def _receipt(message: MessageInstance) -> Receipt:
    return Receipt(provider=TwilioSms.provider, provider_id=message.sid)


def _same_words(theirs: str, ours: str) -> bool:
    """Compare letters and digits alone: Smart Encoding swaps quotes and dashes, a trial account puts words in front."""
    letters = _letters(ours)
    return _letters(theirs).endswith(letters) if letters else theirs.strip() == ours.strip()


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
