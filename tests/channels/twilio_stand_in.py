"""A stand-in for Twilio's Messages API that behaves as Twilio's documentation says, magic numbers and all.

In a test:      async with TwilioStandIn(faults=["429:2", "drop"]) as twilio: ... twilio.url ... twilio.messages
As a program:   python tests/channels/twilio_stand_in.py --port 4010 --log accepted.jsonl --latency 5-60

The log gets one line of JSON for each accepted message, written before the answer is sent. tests/channels/
test_twilio_contract.py holds it to the OpenAPI description that Twilio publishes.

Faults, one for each create in turn, then none: `ok`; a Twilio error code (`21610`); `429`, `429:SECONDS`;
`500`, `503` (nothing accepted); `accept-500`; `refuse` (reset, nothing accepted); `drop` (accepted, then reset);
`hang` (accepted, never answered); `html` (accepted, a page instead of JSON), `html-STATUS` (nothing accepted);
`cut` (accepted, half the body, then reset); `half` (accepted, half the body, properly framed); `redirect`;
`failed:CODE` (201 with a message that has failed, as for what is found out at once).

Of an account with message redaction (https://www.twilio.com/docs/messaging/features/message-redaction) `redacted`,
once it is set, takes the words out of the list. `shown` changes a message on its way into the list.
"""

import argparse
import asyncio
import json
import random
import re
import secrets
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Self

from aiohttp import encode_basic_auth, web

ACCOUNT = "AC" + "a" * 32
TOKEN = "a-token-of-the-account"
NUMBER = "+15005550006"
SERVICE = "MG" + "b" * 32

# https://www.twilio.com/docs/iam/test-credentials and https://www.twilio.com/docs/api/errors
TO_MAGIC = {
    "+15005550001": (21211, "The 'To' number +15005550001 is not a valid phone number."),
    "+15005550002": (21612, "The 'To' phone number is not currently reachable using the 'From' phone number."),
    "+15005550003": (21408, "Permission to send an SMS has not been enabled for the region."),
    "+15005550004": (21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": (21614, "'To' number is not a valid mobile number"),
}
FROM_MAGIC = {
    "+15005550001": (21212, "The 'From' number +15005550001 is not a valid phone number."),
    "+15005550007": (21606, "The 'From' phone number provided is not a valid message-capable Twilio phone number."),
    "+15005550008": (21611, "This 'From' number has exceeded the maximum number of queued messages"),
}
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
_GSM = re.compile(r"[\n\r !-Z_a-zà-üÀ-Ü@£$¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà]*")
_STATUS = {20003: 401, 20404: 404, 20429: 429, 20500: 500, 30034: 400}


class RefusedError(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class TwilioStandIn:
    """One account. `messages` holds what was accepted, oldest first, as the API shows it."""

    def __init__(
        self,
        *,
        faults: Iterable[str] = (),
        numbers: Iterable[str] = (NUMBER,),
        latency: tuple[float, float] = (0, 0),
        list_lag: float = 0,
        log: Path | None = None,
        port: int = 0,
    ) -> None:
        self.messages: list[dict[str, Any]] = []
        self.requests: list[dict[str, str]] = []
        self.faults = deque(faults)
        self.away: Path | None = None
        """While there is such a file, every request is answered with 503, and nothing is accepted."""
        self.list_fault: str | None = None
        self.redacted = False
        self.shown: Callable[[dict[str, Any]], Any] = lambda message: message
        self.numbers = set(numbers)
        self.latency = latency
        self.list_lag = timedelta(seconds=list_lag)
        self.connections: set[Any] = set()
        self._log = log
        self._port = port
        self._random = random.Random(20261122)

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._unless_away])
        path = "/2010-04-01/Accounts/{account}/Messages.json"
        app.add_routes([web.post(path, self._create), web.get(path, self._list)])
        self._runner = web.AppRunner(app, shutdown_timeout=0.05, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def bodies(self) -> list[str]:
        return [message["body"] for message in self.messages]

    @web.middleware
    async def _unless_away(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if self.away is not None and self.away.exists():
            return web.Response(status=503, text="Service Unavailable")
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _create(self, request: web.Request) -> web.StreamResponse:
        self.connections.add(request.transport)
        form = {key: str(value) for key, value in (await request.post()).items()}
        self.requests.append(form)
        fault = self.faults.popleft() if self.faults else "ok"
        await asyncio.sleep(self._random.uniform(*self.latency) / 2)
        if (refused := _refusal_of(fault)) is not None:
            return refused
        if fault == "refuse":
            return _reset(request)
        try:
            self._check(request)
            message = self._accept(form)
        except RefusedError as error:
            return _error(error.code, str(error))
        await asyncio.sleep(self._random.uniform(*self.latency) / 2)
        return await _answered(request, message, fault)

    def _check(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != encode_basic_auth(ACCOUNT, TOKEN):
            raise RefusedError(20003, "Authenticate")
        if request.match_info["account"] != ACCOUNT:
            raise RefusedError(20404, f"The requested resource {request.path} was not found")

    def _accept(self, form: Mapping[str, str]) -> dict[str, Any]:
        _check_to(form)
        self._check_from(form)
        _check_body(form)
        message = _message(form)
        self.messages.append(message)
        if self._log is not None:
            _append(self._log, message)
        return message

    def _check_from(self, form: Mapping[str, str]) -> None:
        sender, service = form.get("From"), form.get("MessagingServiceSid")
        if service is not None:
            if not _SERVICE.fullmatch(service):
                raise RefusedError(21701, "The Messaging Service does not exist")
            return
        if sender is None:
            raise RefusedError(21603, "A 'From' phone number is required.")
        if sender not in self.numbers:
            raise RefusedError(*FROM_MAGIC.get(sender, FROM_MAGIC["+15005550007"]))

    async def _list(self, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(self._random.uniform(*self.latency))
        if self.list_fault == "hang":
            await asyncio.sleep(3600)
        if self.list_fault == "drop":
            return _reset(request)
        if (refused := _refusal_of(self.list_fault or "ok")) is not None:
            return refused
        try:
            self._check(request)
        except RefusedError as error:
            return _error(error.code, str(error))
        return web.json_response(self._page(request))

    def _page(self, request: web.Request) -> dict[str, Any]:
        asked = request.query
        found = [message for message in reversed(self.messages) if self._is_asked_for(message, asked)]
        size = min(int(asked.get("PageSize", 50)), 1000)
        page = int(asked.get("Page", 0))
        start = page * size
        shown = found[start : start + size]

        def uri(number: int) -> str:
            return str(request.rel_url.update_query(PageSize=size, Page=number))

        return {
            "messages": [self.shown(self._listed(message)) for message in shown],
            "page": page,
            "page_size": size,
            "start": start,
            "end": start + max(len(shown) - 1, 0),
            "uri": uri(page),
            "first_page_uri": uri(0),
            "previous_page_uri": uri(page - 1) if page else None,
            "next_page_uri": uri(page + 1) if start + size < len(found) else None,
        }

    def _listed(self, message: Mapping[str, Any]) -> dict[str, Any]:
        listed = {key: value for key, value in message.items() if key != "accepted_at"}
        return listed | {"body": ""} if self.redacted else listed

    def _is_asked_for(self, message: Mapping[str, Any], asked: Mapping[str, str]) -> bool:
        if any(name.startswith("DateSent") for name in asked):
            return False  # everything here is still queued, and has no DateSent
        if datetime.fromisoformat(message["accepted_at"]) + self.list_lag > datetime.now(UTC):
            return False
        return asked.get("To", message["to"]) == message["to"] and asked.get("From", message["from"]) == message["from"]


def _check_to(form: Mapping[str, str]) -> None:
    to = form.get("To")
    if not to:
        raise RefusedError(21604, "A 'To' phone number is required.")
    if to in TO_MAGIC:
        raise RefusedError(*TO_MAGIC[to])
    if not _E164.fullmatch(to):
        raise RefusedError(21211, "The 'To' number is not a valid phone number.")


def _check_body(form: Mapping[str, str]) -> None:
    body = form.get("Body", "")
    if not body:
        raise RefusedError(21602, "Message body is required.")
    if len(body) > 1600:
        raise RefusedError(21617, "The concatenated message body exceeds the 1600 character limit.")
    if not 1 <= int(form.get("ValidityPeriod", 36_000)) <= 36_000:
        raise RefusedError(20001, "ValidityPeriod must be between 1 and 36000.")


def _message(form: Mapping[str, str]) -> dict[str, Any]:
    now, sid = datetime.now(UTC), "SM" + secrets.token_hex(16)
    uri = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}"
    service = form.get("MessagingServiceSid")
    return {
        "sid": sid,
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "body": form["Body"],
        "date_created": format_datetime(now),
        "date_sent": None,
        "date_updated": format_datetime(now),
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": None if service else form["From"],
        "messaging_service_sid": service,
        "num_media": "0",
        "num_segments": "0" if service else str(_segments(form["Body"])),
        "price": None,
        "price_unit": "USD",
        "status": "accepted" if service else "queued",
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": form["To"],
        "uri": f"{uri}.json",
        "accepted_at": now.isoformat(),
    }


def _segments(body: str) -> int:
    single, each = (160, 153) if _GSM.fullmatch(body) else (70, 67)
    return 1 if len(body) <= single else -(-len(body) // each)


def _append(log: Path, message: Mapping[str, Any]) -> None:
    kept = {key: message[key] for key in ("sid", "to", "from", "messaging_service_sid", "body", "accepted_at")}
    with log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(kept, ensure_ascii=False) + "\n")


def _error(code: int, words: str, **headers: str) -> web.Response:
    status = _STATUS.get(code, 400)
    info = {"code": code, "message": words, "more_info": f"https://www.twilio.com/docs/errors/{code}", "status": status}
    return web.json_response(info, status=status, headers=headers)


def _refusal_of(fault: str) -> web.Response | None:
    """The answer of a fault that accepts nothing, or None."""
    kind, _, detail = fault.partition(":")
    if kind == "429":
        return _error(20429, "Too Many Requests", **({"Retry-After": detail} if detail else {}))
    if kind in {"500", "502", "503", "504"}:
        return web.json_response(
            {"code": 20500, "message": "Internal Server Error", "status": int(kind)}, status=int(kind)
        )
    if kind.startswith("html-"):
        return web.Response(status=int(kind[5:]), text=_PAGE, content_type="text/html")
    if kind == "redirect":
        return web.Response(status=302, headers={"Location": "https://example.org/"}, text="{}")
    if kind.isdigit():
        return _error(int(kind), "As the script says.")
    return None


_PAGE = "<html><body><h1>Please log in</h1></body></html>"


def _reset(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _answered(request: web.Request, message: Mapping[str, Any], fault: str) -> web.StreamResponse:
    failed = {"status": "failed", "error_code": int(fault[7:])} if fault.startswith("failed:") else {}
    text = json.dumps({key: value for key, value in message.items() if key != "accepted_at"} | failed)
    if fault == "drop":
        return _reset(request)
    if fault == "hang":
        await asyncio.sleep(3600)
    if fault == "html":
        return web.Response(status=200, text=_PAGE, content_type="text/html")
    if fault == "half":
        return web.Response(status=201, text=text[: len(text) // 2], content_type="application/json")
    if fault == "accept-500":
        return web.json_response({"code": 20500, "message": "Internal Server Error", "status": 500}, status=500)
    if fault == "cut":
        return await _cut(request, text.encode())
    return web.Response(status=201, text=text, content_type="application/json")


async def _cut(request: web.Request, body: bytes) -> web.StreamResponse:
    answer = web.StreamResponse(
        status=201, headers={"Content-Type": "application/json", "Content-Length": str(len(body))}
    )
    await answer.prepare(request)
    await answer.write(body[: len(body) // 2])
    assert request.transport is not None
    request.transport.close()
    return answer


async def _serve(options: argparse.Namespace) -> None:
    low, _, high = options.latency.partition("-")
    latency = (float(low) / 1000, float(high or low) / 1000)
    async with TwilioStandIn(
        faults=filter(None, options.faults.split(",")),
        latency=latency,
        list_lag=options.list_lag,
        log=options.log,
        port=options.port,
    ) as twilio:
        twilio.away = options.away
        print(twilio.url, flush=True)
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="A stand-in for Twilio's Messages API.")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port; the URL is the first line printed")
    parser.add_argument("--log", type=Path, help="append one line of JSON for each accepted message")
    parser.add_argument("--latency", default="0", help="milliseconds per request, or a range such as 5-60")
    parser.add_argument("--list-lag", type=float, default=0, help="seconds until an accepted message is listed")
    parser.add_argument("--faults", default="", help="comma-separated, one for each create in turn")
    parser.add_argument("--away", type=Path, help="while there is such a file, nothing but 503 is answered")
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
