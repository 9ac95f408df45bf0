"""The HTTP client under twilio's own: one kept session, a limit on every wait, and nothing said about numbers.

twilio 9.13's AsyncTwilioHttpClient takes a `timeout` and then passes None to aiohttp (no limit at all), and it
logs the recipients' numbers at INFO. This is the same extension point, `AsyncHttpClient`, without either.
"""

import json
import logging
from collections.abc import Mapping
from datetime import timedelta

import aiohttp
from twilio.http import AsyncHttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]

from nudger.errors import DeliveryError, Effect

CONNECT_LIMIT = timedelta(seconds=5)
_TOO_MANY = 429


class NotTwilioError(Exception):
    """The answer is not the JSON object that Twilio's API always gives: a proxy's page, or a body cut short."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status} without a JSON object")
        self.status = status


class TwilioHttp(AsyncHttpClient):  # type: ignore[misc]
    """Carries twilio's requests over one aiohttp session, opened at the first request inside the running loop."""

    def __init__(self, timeout: timedelta) -> None:
        super().__init__(logging.getLogger("twilio"), is_async=True, timeout=timeout.total_seconds())
        connect = min(CONNECT_LIMIT, timeout / 2).total_seconds()  # ends first: nothing was written until then
        self._limits = aiohttp.ClientTimeout(total=self.timeout, connect=connect, sock_connect=connect)
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - twilio's signature; the session's limits hold
        allow_redirects: bool = False,
    ) -> Response:
        """Return Twilio's answer, whatever its status says.

        Raises DeliveryError for 429 (its Retry-After is lost on the way through twilio's exceptions),
        NotTwilioError when there is no JSON object in it, aiohttp.ClientError or TimeoutError when there is none.
        """
        sent = dict(headers or {})
        if auth is not None:
            sent["Authorization"] = aiohttp.encode_basic_auth(*auth)
        async with self._opened().request(
            method, url, params=params, data=data, headers=sent, allow_redirects=allow_redirects
        ) as answer:
            text = await answer.text(errors="replace")
            if answer.status == _TOO_MANY:
                wish = _seconds(answer.headers.get("Retry-After", ""))
                raise DeliveryError("20429", Effect.TRY_AGAIN, retry_after=wish)
            _require_object(text, answer.status)
            return Response(answer.status, text, answer.headers)

    async def close(self) -> None:
        """Close the kept connections; a later request opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._limits, cookie_jar=aiohttp.DummyCookieJar())
        return self._session


def _require_object(text: str, status: int) -> None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise NotTwilioError(status)


def _seconds(header: str) -> timedelta | None:
    """Read Retry-After (RFC 9110, 10.2.3). Twilio gives seconds; a date would need a clock and is passed over."""
    header = header.strip()
    if not (header.isascii() and header.isdigit()):
        return None
    return timedelta(seconds=min(int(header[:9]), 86_400))
