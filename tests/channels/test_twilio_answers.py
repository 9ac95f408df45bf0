"""What each answer of Twilio's means, whatever stands in its fields: the table, and answers that nobody thought of."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nudger.channels.twilio.answers import EFFECTS, NOT_SENT, read_moment, read_number, sid_of
from nudger.channels.twilio.http import Answer
from nudger.channels.twilio.sms import TwilioSms
from nudger.domain.vocabulary import Channel
from nudger.errors import DeliveryError, Effect
from tests.channels.make import ROOMY, ask, failure_of, now, outgoing_message, raw_server, run
from tests.channels.twilio_stand_in import ACCOUNT, NUMBER, TOKEN, TwilioStandIn

SID = "SM" + "0" * 32
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
CODES = st.sampled_from([*EFFECTS, 21999, 0, -21610, 21610.0, "21610", " 21610 ", "x", None, True, 10**30, 1e400, []])
STATUS_WORDS = st.sampled_from([*NOT_SENT, "queued", "delivered", "Failed", " failed ", "", None, 5, [], "accepted"])
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "sid": st.sampled_from([SID, "", None, 7, [], "SM 1", "SM\n1", "x" * 99]) | st.text(max_size=5),
        "status": STATUS_WORDS,
        "error_code": CODES,
        "code": CODES,
        "message": JSON,
        "type": JSON,
        "title": JSON,
        "detail": JSON,
    },
)
BODIES = st.one_of(
    st.none(),
    st.text(max_size=20),
    FIELDS.map(json.dumps),
    JSON.map(json.dumps),
    FIELDS.map(lambda fields: json.dumps(fields)[:-3]),
    st.just("[" * 5000),
    st.just('{"code": ' + "9" * 5000 + "}"),
)


def answer(status: int, body: Any = None, **headers: str) -> Answer:
    text = body if isinstance(body, str) or body is None else json.dumps(body)
    return Answer(status=status, headers=headers, body=text)


def meaning(status: int, body: Any = None, **headers: str) -> tuple[str, Effect]:
    with pytest.raises(DeliveryError) as caught:
        sid_of(answer(status, body, **headers))
    return caught.value.code, caught.value.effect


class TestAcceptance:
    @pytest.mark.parametrize("status", ["queued", "accepted", "sending", "sent", "delivered", "scheduled", "new", None])
    def test_is_a_message_with_a_sid_that_has_not_failed(self, status: str | None) -> None:
        assert sid_of(answer(201, {"sid": SID, "status": status, "error_code": None})) == SID

    @pytest.mark.parametrize(
        ("status", "error_code", "code", "effect"),
        [
            ("failed", 30034, "30034", Effect.CHANNEL_DOWN),
            ("failed", 21610, "21610", Effect.SUPPRESS),
            ("failed", "21610", "21610", Effect.SUPPRESS),
            ("undelivered", 30006, "30006", Effect.SUPPRESS),
            ("undelivered", 30003.0, "30003", Effect.TRY_AGAIN),
            ("canceled", None, "canceled", Effect.GIVE_UP),
            (" Failed ", None, "failed", Effect.GIVE_UP),
            ("failed", 29999, "29999", Effect.GIVE_UP),
            ("failed", 404, "404", Effect.GIVE_UP),
            ("failed", -21610, "failed", Effect.GIVE_UP),
            ("failed", {"code": 21610}, "failed", Effect.GIVE_UP),
        ],
    )
    def test_is_not_one_that_says_it_was_not_sent(
        self, status: str, error_code: Any, code: str, effect: Effect
    ) -> None:
        assert meaning(201, {"sid": SID, "status": status, "error_code": error_code}) == (code, effect)

    def test_a_failed_create_over_the_wire_sets_the_address_aside(self) -> None:
        async def story() -> DeliveryError:
            async with TwilioStandIn(faults=["failed:21610"]) as twilio:
                return await send_to(twilio.url)

        error = run(story())
        assert (error.code, error.effect) == ("21610", Effect.SUPPRESS)

    @pytest.mark.parametrize("status", [200, 201, 202, 203, 204, 205, 226])
    @pytest.mark.parametrize("body", ["", "[]", '[{"sid": "SM1"}]', "{}", "null", '"SM1"', '{"sid": null}', '{"sid"'])
    def test_is_in_doubt_after_a_yes_without_a_sid(self, status: int, body: str) -> None:
        assert meaning(status, body)[1] is Effect.UNCERTAIN


class TestRedirects:
    """RFC 9110, 15.4: whatever the body, nothing was done."""

    @pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 305, 307, 308])
    @pytest.mark.parametrize("body", [None, "", "{}", "<html></html>", '{"code": 21610}', '{"sid": "SM1"}'])
    def test_mean_that_the_address_is_not_the_apis(self, status: int, body: str | None) -> None:
        assert meaning(status, body) == (f"http_{status}", Effect.CHANNEL_DOWN)

    @pytest.mark.parametrize(
        ("location", "code"),
        [
            ("https://hooks.example.org/a/path?token=secret", "the address redirects to hooks.example.org"),
            ("https://user:secret@Example.org:8443/", "the address redirects to example.org"),
            ("/elsewhere", "http_301"),
            ("https://[::1]/", "the address redirects to ::1"),
            ("https://[broken", "http_301"),
            ("https://ex ample.org", "http_301"),
            ("https://exämple.org/", "http_301"),
            ("mailto:sam@example.org", "http_301"),
        ],
    )
    def test_name_the_host_and_nothing_else(self, location: str, code: str) -> None:
        assert meaning(301, None, Location=location) == (code, Effect.CHANNEL_DOWN)

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_are_not_followed_and_need_no_body(self, status: int) -> None:
        async def redirect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 %d Moved\r\nLocation: https://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n" % status)
            await asyncio.sleep(1)

        async def story() -> DeliveryError:
            async with raw_server(redirect) as port:
                return await send_to(f"http://127.0.0.1:{port}")

        error = run(story())
        assert (error.code, error.effect) == ("the address redirects to 127.0.0.1", Effect.CHANNEL_DOWN)


class TestRefusals:
    @pytest.mark.parametrize("code", [21610, "21610", " 21610 ", 21610.0, "21610.0", "0021610"])
    def test_are_read_in_either_form_of_a_number(self, code: Any) -> None:
        own = {"code": code, "message": "unsubscribed", "status": 400}
        rfc_9457 = {"type": "https://x", "title": "unsubscribed", "status": "400", "code": code, "detail": None}
        for form in (own, rfc_9457):
            assert meaning(400, form) == ("21610", Effect.SUPPRESS)

    @pytest.mark.parametrize(
        "code", [None, "", "x", -21610, "-21610", 0, 1.5, 10**30, "9" * 40, True, [], {}, "２１６１０"]
    )
    def test_with_a_code_that_is_none_mean_what_their_status_means(self, code: Any) -> None:
        assert meaning(400, {"code": code}) == ("400", Effect.GIVE_UP)
        assert meaning(401, {"code": code}) == ("401", Effect.CHANNEL_DOWN)

    def test_with_a_number_longer_than_python_reads_keep_their_status(self) -> None:
        assert meaning(400, '{"code": ' + "9" * 5000 + "}") == ("400", Effect.GIVE_UP)

    @pytest.mark.parametrize(
        ("status", "effect"),
        [
            *[(status, Effect.CHANNEL_DOWN) for status in (401, 402, 403, 404, 405, 407, 410, 421, 451, 501, 505, 511)],
            *[(status, Effect.UNCERTAIN) for status in (400, 408, 418, 500, 502, 503, 504, 520, 599)],
        ],
    )
    def test_by_somebody_else_say_only_what_their_status_says(self, status: int, effect: Effect) -> None:
        for body in ("<html>no</html>", "", "[]", None):
            assert meaning(status, body) == (f"http_{status}", effect)

    def test_that_break_off_count_if_their_status_says_enough(self) -> None:
        broken = aiohttp.ClientPayloadError()
        for status, code, effect in (
            (401, "http_401", Effect.CHANNEL_DOWN),
            (301, "http_301", Effect.CHANNEL_DOWN),
            (201, "broken_connection", Effect.UNCERTAIN),
            (400, "broken_connection", Effect.UNCERTAIN),
        ):
            with pytest.raises(DeliveryError) as caught:
                sid_of(Answer(status=status, headers={}, body=None, trouble=broken))
            assert (caught.value.code, caught.value.effect) == (code, effect)

    @pytest.mark.parametrize("charset", ["utf-8", "hex", "rot13", "x-unknown", "utf-16", "ascii"])
    def test_are_read_whatever_charset_they_claim(self, charset: str) -> None:
        body = json.dumps({"code": 21610, "message": "désabonné"}, ensure_ascii=False).encode()

        async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 400 No\r\nContent-Type: application/json; charset=%b\r\n" % charset.encode())
            writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            await asyncio.sleep(1)

        async def story() -> DeliveryError:
            async with raw_server(refuse) as port:
                return await send_to(f"http://127.0.0.1:{port}")

        assert run(story()).code == "21610"

    def test_without_an_end_are_not_kept_in_memory(self) -> None:
        async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n\r\n")
            for _ in range(2000):
                writer.write(b" " * 65536)
                await writer.drain()

        async def story() -> DeliveryError:
            async with raw_server(flood) as port:
                return await send_to(f"http://127.0.0.1:{port}")

        error = run(story())
        assert (error.code, error.effect) == ("http_201", Effect.UNCERTAIN)


class TestAnyAnswer:
    @given(status=st.integers(100, 999), body=BODIES, location=st.none() | st.text(max_size=20))
    @example(status=201, body='{"sid": "SM1", "status": "failed", "error_code": 1e400}', location=None)
    @example(status=201, body='{"sid": "SM1", "status": "failed", "error_code": NaN}', location=None)
    @example(status=400, body='{"code": Infinity}', location=None)
    @example(status=302, body=None, location="http://[")
    def test_is_an_acceptance_or_a_delivery_error_of_the_right_kind(
        self, status: int, body: str | None, location: str | None
    ) -> None:
        headers = {} if location is None else {"Location": location}
        said = readable(body)
        failed = isinstance(said, dict) and str(said.get("status")).strip().lower() in NOT_SENT
        outcome = outcome_of(Answer(status=status, headers=headers, body=body))
        if isinstance(outcome, str):
            assert 200 <= status < 300
            assert said["sid"] == outcome
            assert not failed
        elif 300 <= status < 400:
            assert outcome.effect is Effect.CHANNEL_DOWN
        elif 200 <= status < 300:
            assert (outcome.effect is Effect.UNCERTAIN) is not failed

    @given(FIELDS, st.sampled_from([200, 201, 301, 400, 401, 404, 429, 500]))
    def test_can_never_be_anything_else_over_the_whole_channel(self, fields: Any, status: int) -> None:
        """The list's reader, too, is given what it never expects."""
        body = json.dumps({"messages": [fields], **fields})

        async def get(_url: str, _query: object) -> Answer:
            return Answer(status=status, headers={"Date": "yesterday", "Retry-After": "soon"}, body=body)

        async def story() -> None:
            sms = TwilioSms(account_sid=ACCOUNT, auth_token=TOKEN, sender=NUMBER, clock=now)
            sms._get = get  # type: ignore[method-assign]
            await ask(sms, outgoing_message(Channel.SMS))

        asyncio.run(story())


class TestNumbersAndTimes:
    @given(JSON)
    def test_anything_else_is_none(self, value: Any) -> None:
        assert read_number(value) is None or isinstance(read_number(value), int)
        assert read_moment(value) is None

    @pytest.mark.parametrize(
        "text",
        [
            "Wed, 25 Nov 2026 08:30:00 +0000",
            "25 Nov 2026 08:30:00 GMT",
            "Wed, 25 Nov 2026 09:30:00 +0100",
            "Wed, 25 Nov 2026 08:30:00 -0000",
            "2026-11-25T08:30:00Z",
            "2026-11-25T08:30:00.000Z",
            "2026-11-25T08:30:00.000000000Z",
            "2026-11-25 03:30:00-05:00",
            "2026-11-25T03:30:00-0500",
            "2026-11-25t08:30:00z",
        ],
    )
    def test_a_time_is_read_in_both_forms_with_its_zone(self, text: str) -> None:
        assert read_moment(text) == datetime(2026, 11, 25, 8, 30, tzinfo=UTC)

    @pytest.mark.parametrize(
        "text",
        ["", "2026-11-25", "2026-11-25T08:30:00", "25 Nov 2026", "25/11/2026 08:30", "1795595400", "20261125T083000Z",
         "2026-W48-3", "Wed, 31 Feb 2026 08:30:00 +0000", "2026-02-31T08:30:00Z", "25 Nov 2026 08:30:00",
         "Wed, 25 Nov 2026 08:30:00 +9999", "today", "Wed, 25 Nov 2026 25:00:00 +0000"],
    )  # fmt: skip
    def test_a_time_that_would_have_to_be_guessed_is_none(self, text: str) -> None:
        assert read_moment(text) is None


def outcome_of(found: Answer) -> str | DeliveryError:
    try:
        return sid_of(found)
    except DeliveryError as error:
        return error


def readable(body: str | None) -> Any:
    try:
        return json.loads(body or "")
    except (ValueError, RecursionError):
        return None


@asynccontextmanager
async def account_at(url: str) -> AsyncIterator[TwilioSms]:
    sms = TwilioSms(account_sid=ACCOUNT, auth_token=TOKEN, sender=NUMBER, clock=now, base_url=url, timeout=ROOMY)
    try:
        yield sms
    finally:
        await sms.close()


async def send_to(url: str) -> DeliveryError:
    async with account_at(url) as sms:
        return await failure_of(sms.send(outgoing_message(Channel.SMS)))
