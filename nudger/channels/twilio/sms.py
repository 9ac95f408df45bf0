"""SMS over Twilio, or over a provider that speaks Twilio's API.

Twilio's Messages have no idempotency key, so an attempt whose answer was lost is settled by asking for the
messages to that number, never by sending again.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

from twilio.rest import Client  # type: ignore[import-untyped]

from nudger.channels.twilio import lookup
from nudger.channels.twilio.answers import failure, sid_of
from nudger.channels.twilio.http import Answer, TwilioHttp
from nudger.domain.deliveries import Found, OutgoingMessage, Receipt
from nudger.domain.transport_security import is_loopback
from nudger.errors import DeliveryError, Effect, SettingsError

_LONGEST_VALIDITY = 36_000
_LAST_WORD = timedelta(seconds=1)


class TwilioSms:
    """Sends SMS through one Twilio account, from one number or (a sender that starts with MG) messaging service."""

    provider = lookup.PROVIDER
    concurrency = 20
    can_be_asked = True

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
        self._client = _client(account_sid, auth_token, self._http, base_url)
        self._url = f"{self._client.api.base_url}/2010-04-01/Accounts/{quote(account_sid, safe='')}/Messages.json"

    @property
    def identity(self) -> str:
        """The number, or the messaging service, that it sends from."""
        return self._sender

    async def send(self, outgoing: OutgoingMessage) -> Receipt:
        """Return Twilio's SID for the message. Raises DeliveryError, and nothing else, when it was not accepted."""
        form = self._form(outgoing)
        try:
            async with asyncio.timeout(self._deadline):
                answer: Answer = await self._client.request_async("POST", self._url, data=form)
        except Exception as error:  # noqa: BLE001 - whatever it is, the request may have gone out
            raise failure(error) from None
        return Receipt(provider=self.provider, provider_id=sid_of(answer))

    async def find(self, outgoing: OutgoingMessage) -> Found:
        """Return what Twilio holds that can be this message. Raises DeliveryError if it cannot tell."""
        try:
            async with asyncio.timeout(self._deadline):
                return await lookup.find(self._get, self._url, outgoing, sender=self._sender, clock=self._clock)
        except Exception as error:  # noqa: BLE001 - as above
            raise failure(error) from None

    async def close(self) -> None:
        """Let go of kept connections. A later send opens new ones."""
        await self._http.close()

    async def _get(self, url: str, query: Mapping[str, str] | None) -> Answer:
        answer: Answer = await self._client.request_async("GET", url, params=query)
        return answer

    def _form(self, outgoing: OutgoingMessage) -> dict[str, str]:
        """Return what is asked for. Raises DeliveryError where it cannot be written down: half a surrogate pair."""
        form = {
            "To": outgoing.address,
            "Body": outgoing.rendered.text,
            "ValidityPeriod": str(self._validity(outgoing)),
            "MessagingServiceSid" if self._sender.startswith("MG") else "From": self._sender,
        }
        try:
            "".join(form.values()).encode()
        except UnicodeEncodeError:
            raise DeliveryError("bad_text", Effect.GIVE_UP) from None
        return form

    def _validity(self, outgoing: OutgoingMessage) -> int:
        """Seconds that Twilio may queue it, so that it never arrives after its last moment, at 3 in the morning."""
        left = (outgoing.expires_at - self._clock()).total_seconds()
        return max(1, min(int(left), _LONGEST_VALIDITY))


def _client(account_sid: str, auth_token: str, http: TwilioHttp, base_url: str | None) -> Client:
    client = Client(account_sid, auth_token, http_client=http)
    if base_url is not None:
        client.region = client.edge = None  # twilio reads TWILIO_REGION and TWILIO_EDGE, and rewrites the host
        client.api.base_url = base_url.rstrip("/")
    return client


def _require_safe(base_url: str | None) -> None:
    if base_url is None:
        return
    parts = urlsplit(base_url)
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname)):
        return
    raise SettingsError("NUDGER_TWILIO_BASE_URL must start with https:// (http:// only to this machine itself).")
