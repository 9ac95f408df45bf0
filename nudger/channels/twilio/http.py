"""The HTTP client under twilio's own: one kept session, a limit on every wait, and nothing said about numbers.

twilio 9.13's AsyncTwilioHttpClient takes a `timeout` and then passes None to aiohttp (no limit at all), and it
logs the recipients' numbers at INFO. This is the same extension point, `AsyncHttpClient`, without either.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
from twilio.http import AsyncHttpClient  # type: ignore[import-untyped]

CONNECT_LIMIT = timedelta(seconds=5)
_LONGEST_BODY = 4_000_000
"""Bytes. A page of 50 messages of 1,600 characters, each escaped, stays under one million."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer as it came. `body` is None where `trouble` broke it off, or where it is far too long."""

    status: int
    headers: Mapping[str, str]
    body: str | None
    trouble: Exception | None = None


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
        allow_redirects: bool = False,  # noqa: ARG002 - never: the login would go along
    ) -> Answer:
        """Return whatever answer came. Raises aiohttp.ClientError, OSError or TimeoutError when there is none.

        twilio's own reading of it is passed by: it follows `next_page_uri` to any host with the account's token,
        drops the zone of a time, and raises TypeErrors for codes that are text.
        """
        sent = dict(headers or {})
        if auth is not None:
            sent["Authorization"] = aiohttp.encode_basic_auth(*auth)
        async with self._opened().request(
            method, url, params=params, data=data, headers=sent, allow_redirects=False
        ) as answer:
            try:
                body = await _body(answer)
            except (aiohttp.ClientError, OSError) as error:  # a TimeoutError is one
                return Answer(status=answer.status, headers=answer.headers, body=None, trouble=error)
            return Answer(status=answer.status, headers=answer.headers, body=body)

    async def close(self) -> None:
        """Close the kept connections; a later request opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._limits, cookie_jar=aiohttp.DummyCookieJar())
        return self._session


async def _body(answer: aiohttp.ClientResponse) -> str | None:
    """Return the text as JSON is written, in UTF-8 or -16 (RFC 8259, 8.1), whatever the headers call it."""
    body = bytearray()
    async for piece in answer.content.iter_any():
        body += piece
        if len(body) > _LONGEST_BODY:
            answer.close()
            return None
    return body.decode(json.detect_encoding(bytes(body)), errors="replace")
