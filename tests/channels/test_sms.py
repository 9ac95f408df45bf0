"""SMS: what is asked of Twilio, what its answers mean, and how a lost answer is settled."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import trustme
from aiohttp import web

from nudger.channels.twilio.answers import EFFECTS, effect_of
from nudger.channels.twilio.sms import TwilioSms
from nudger.domain.deliveries import Receipt
from nudger.domain.messages import Rendered
from nudger.domain.vocabulary import Channel
from nudger.errors import DeliveryError, Effect, SettingsError
from tests.channels.make import BRIEF, ROOMY, ask, failure_of, now, outgoing_message, raw_server, run
from tests.channels.twilio_stand_in import ACCOUNT, FROM_MAGIC, NUMBER, SERVICE, TO_MAGIC, TOKEN, TwilioStandIn


def make_sms(url: str, **values: Any) -> TwilioSms:
    defaults = {"account_sid": ACCOUNT, "auth_token": TOKEN, "sender": NUMBER, "clock": now, "timeout": ROOMY}
    return TwilioSms(**(defaults | {"base_url": url} | values))


@asynccontextmanager
async def account(*faults: str, **values: Any) -> AsyncIterator[tuple[TwilioStandIn, TwilioSms]]:
    async with TwilioStandIn(faults=faults) as twilio:
        sms = make_sms(twilio.url, **values)
        try:
            yield twilio, sms
        finally:
            await sms.close()


def text(words: str = "You are allowed to rest.", **values: Any) -> Any:
    return outgoing_message(Channel.SMS, rendered=Rendered(text=words), **values)


def failed(*faults: str, **values: Any) -> DeliveryError:
    async def story() -> DeliveryError:
        limit = {"timeout": BRIEF} if "hang" in faults else {}
        async with account(*faults, **(limit | values)) as (_, sms):
            return await failure_of(sms.send(text()))

    return run(story())


class TestSending:
    def test_it_returns_the_sid(self) -> None:
        async def story() -> None:
            async with account() as (twilio, sms):
                assert await sms.send(text()) == Receipt(provider="twilio", provider_id=twilio.messages[0]["sid"])

        run(story())

    @pytest.mark.parametrize(
        "words",
        ["Plain.", "You’re “fine” – really…", "Grüße 🌱 漢字", "line\n\nline", "50% + a&b=c; ~é", " spaces kept "],
    )
    def test_the_words_arrive_unchanged(self, words: str) -> None:
        async def story() -> None:
            async with account() as (twilio, sms):
                await sms.send(text(words))
                assert twilio.bodies == [words]

        run(story())

    def test_it_asks_for_no_more_than_it_needs(self) -> None:
        async def story() -> None:
            async with account() as (twilio, sms):
                await sms.send(text())
                assert set(twilio.requests[0]) == {"To", "From", "Body", "ValidityPeriod"}

        run(story())

    def test_a_sender_that_starts_with_mg_is_a_messaging_service(self) -> None:
        async def story() -> None:
            async with account(sender=SERVICE) as (twilio, sms):
                await sms.send(text())
                assert twilio.requests[0]["MessagingServiceSid"] == SERVICE
                assert "From" not in twilio.requests[0]

        run(story())

    @pytest.mark.parametrize(
        ("left", "asked"),
        [
            (timedelta(minutes=45), "2700"),
            (timedelta(seconds=0), "1"),
            (timedelta(hours=-1), "1"),
            (timedelta(days=2), "36000"),
        ],
    )
    def test_twilio_may_queue_it_until_its_last_moment(self, left: timedelta, asked: str) -> None:
        async def story() -> None:
            moment = datetime.fromisoformat("2026-11-23T08:00:00+00:00")
            async with account(clock=lambda: moment) as (twilio, sms):
                await sms.send(text(expires_at=moment + left))
                assert twilio.requests[0]["ValidityPeriod"] == asked

        run(story())

    def test_one_connection_serves_many_messages(self) -> None:
        async def story() -> None:
            async with account() as (twilio, sms):
                for _ in range(5):
                    await sms.send(text())
                assert len(twilio.connections) == 1

        run(story())

    def test_nothing_is_connected_before_the_first_message(self) -> None:
        sms = make_sms("http://127.0.0.1:9")  # outside of any loop
        run(sms.close())

    def test_the_region_of_twilios_own_settings_is_not_mixed_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TWILIO_REGION", "au1")
        monkeypatch.setenv("TWILIO_EDGE", "sydney")

        async def story() -> None:
            async with account() as (twilio, sms):
                await sms.send(text())
                assert len(twilio.messages) == 1

        run(story())


class TestAnswers:
    @pytest.mark.parametrize(
        ("code", "effect"),
        [
            (21211, Effect.SUPPRESS),
            (21214, Effect.SUPPRESS),
            (21217, Effect.SUPPRESS),
            (21610, Effect.SUPPRESS),
            (21614, Effect.SUPPRESS),
            (30005, Effect.SUPPRESS),
            (30006, Effect.SUPPRESS),
            (21408, Effect.GIVE_UP),
            (21612, Effect.GIVE_UP),
            (21617, Effect.GIVE_UP),
            (30007, Effect.GIVE_UP),
            (20003, Effect.CHANNEL_DOWN),
            (20005, Effect.CHANNEL_DOWN),
            (20404, Effect.CHANNEL_DOWN),
            (21212, Effect.CHANNEL_DOWN),
            (21603, Effect.CHANNEL_DOWN),
            (21606, Effect.CHANNEL_DOWN),
            (21608, Effect.CHANNEL_DOWN),
            (21659, Effect.CHANNEL_DOWN),
            (21660, Effect.CHANNEL_DOWN),
            (21701, Effect.CHANNEL_DOWN),
            (21703, Effect.CHANNEL_DOWN),
            (30002, Effect.CHANNEL_DOWN),
            (30032, Effect.CHANNEL_DOWN),
            (30034, Effect.CHANNEL_DOWN),
            (30001, Effect.TRY_AGAIN),
            (30008, Effect.TRY_AGAIN),
            (30022, Effect.TRY_AGAIN),
            (30004, Effect.GIVE_UP),
            (21611, Effect.TRY_AGAIN),
            (30003, Effect.TRY_AGAIN),
            (21999, Effect.GIVE_UP),
        ],
    )
    def test_each_code_has_its_effect(self, code: int, effect: Effect) -> None:
        error = failed(str(code))
        assert (error.code, error.effect) == (str(code), effect)

    def test_every_code_of_the_table_is_tested_above(self) -> None:
        marks = TestAnswers.test_each_code_has_its_effect.pytestmark  # type: ignore[attr-defined]
        tested = {code for code, _ in marks[0].args[1]}
        assert {code for code in EFFECTS if code > 999} - {20429} <= tested

    @pytest.mark.parametrize("to", TO_MAGIC)
    def test_twilios_magic_numbers_are_refused_for_good(self, to: str) -> None:
        async def story() -> DeliveryError:
            async with account() as (_, sms):
                return await failure_of(sms.send(text(address=to)))

        error = run(story())
        assert error.code == str(TO_MAGIC[to][0])
        assert error.effect in {Effect.SUPPRESS, Effect.GIVE_UP}

    @pytest.mark.parametrize("sender", FROM_MAGIC)
    def test_a_wrong_sender_is_the_channels_trouble(self, sender: str) -> None:
        error = failed(sender=sender)
        assert error.code == str(FROM_MAGIC[sender][0])
        assert error.effect is (Effect.TRY_AGAIN if error.code == "21611" else Effect.CHANNEL_DOWN)

    def test_a_wrong_token_is_the_channels_trouble(self) -> None:
        error = failed(auth_token="wrong")
        assert (error.code, error.effect) == ("20003", Effect.CHANNEL_DOWN)

    def test_a_wrong_account_is_the_channels_trouble(self) -> None:
        assert failed(account_sid="AC" + "0" * 32).effect is Effect.CHANNEL_DOWN

    def test_a_long_text_is_given_up(self) -> None:
        async def story() -> DeliveryError:
            async with account() as (_, sms):
                return await failure_of(sms.send(text("x" * 1601)))

        assert run(story()).effect is Effect.GIVE_UP

    @pytest.mark.parametrize(
        ("fault", "wish"),
        [
            ("429:7", timedelta(seconds=7)),
            ("429", None),
            ("429:Wed, 21 Oct 2020 07:28:00 GMT", None),
            ("429:Wed, 21 Oct 2099 07:28:00 GMT", timedelta(days=1)),
            ("429:Wed, 21 Oct", None),
            ("429:-1", None),
            ("429:999999999999", timedelta(days=1)),
        ],
    )
    def test_too_many_requests_slow_the_sender_down_as_twilio_wishes(self, fault: str, wish: timedelta | None) -> None:
        error = failed(fault)
        assert (error.code, error.effect, error.retry_after) == ("20429", Effect.SLOW_DOWN, wish)

    @pytest.mark.parametrize(
        ("fault", "code"),
        [
            ("500", "20500"),
            ("503", "20500"),
            ("accept-500", "20500"),
            ("refuse", "broken_connection"),
            ("drop", "broken_connection"),
            ("cut", "broken_connection"),
            ("half", "http_201"),
            ("html", "http_200"),
            ("html-400", "http_400"),
            ("html-502", "http_502"),
        ],
    )
    def test_an_answer_that_says_nothing_leaves_it_uncertain(self, fault: str, code: str) -> None:
        error = failed(fault)
        assert (error.code, error.effect) == (code, Effect.UNCERTAIN)

    @pytest.mark.parametrize("fault", ["html-401", "html-403", "html-404", "html-407", "redirect"])
    def test_a_proxy_in_the_way_is_the_channels_trouble(self, fault: str) -> None:
        assert failed(fault).effect is Effect.CHANNEL_DOWN

    def test_silence_ends_at_the_limit_and_leaves_it_uncertain(self) -> None:
        begun = time.monotonic()
        error = failed("hang")
        assert (error.code, error.effect) == ("timeout", Effect.UNCERTAIN)
        assert time.monotonic() - begun < BRIEF.total_seconds() * 2

    def test_nothing_there_is_tried_again(self) -> None:
        async def story() -> DeliveryError:
            sms = make_sms("http://127.0.0.1:1")
            try:
                return await failure_of(sms.send(text()))
            finally:
                await sms.close()

        error = run(story())
        assert (error.code, error.effect) == ("no_connection", Effect.TRY_AGAIN)

    def test_a_name_that_does_not_resolve_is_tried_again(self) -> None:
        async def story() -> DeliveryError:
            sms = make_sms("https://twilio.invalid")
            try:
                return await failure_of(sms.send(text()))
            finally:
                await sms.close()

        assert run(story()).effect is Effect.TRY_AGAIN

    def test_a_handshake_that_never_ends_is_tried_again(self) -> None:
        async def silent(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(5)

        async def story() -> DeliveryError:
            async with raw_server(silent) as port:
                sms = make_sms(f"https://127.0.0.1:{port}", timeout=BRIEF)
                error = await failure_of(sms.send(text()))
                await sms.close()
                return error

        assert run(story()).effect is Effect.TRY_AGAIN

    def test_a_certificate_of_nobody_known_is_the_channels_trouble(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("127.0.0.1").configure_cert(context)

        async def story() -> DeliveryError:
            runner = web.AppRunner(web.Application())
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
            await site.start()
            sms = make_sms(f"https://127.0.0.1:{runner.addresses[0][1]}")
            try:
                return await failure_of(sms.send(text()))
            finally:
                await sms.close()
                await runner.cleanup()

        error = run(story())
        assert (error.code, error.effect) == ("tls_certificate", Effect.CHANNEL_DOWN)

    def test_a_server_error_wins_over_any_code(self) -> None:
        assert effect_of(503, 21211) is Effect.UNCERTAIN

    @pytest.mark.parametrize("url", ["http://api.example.org", "ftp://127.0.0.1", "api.twilio.com", ""])
    def test_a_token_never_travels_in_clear(self, url: str) -> None:
        with pytest.raises(SettingsError, match="NUDGER_TWILIO_BASE_URL"):
            make_sms(url)


class TestLookingUp:
    def test_a_message_whose_answer_was_lost_is_found(self) -> None:
        async def story() -> None:
            async with account("drop") as (twilio, sms):
                outgoing = text("You’re allowed to rest – always…")
                await failure_of(sms.send(outgoing))
                found = await ask(sms, outgoing)
                assert found == (Receipt(provider="twilio", provider_id=twilio.messages[0]["sid"]),)

        run(story())

    def test_a_message_that_never_came_is_absent(self) -> None:
        async def story() -> None:
            async with account("refuse") as (_, sms):
                outgoing = text()
                await failure_of(sms.send(outgoing))
                assert await ask(sms, outgoing) == ()

        run(story())

    def test_the_list_may_lag_behind(self) -> None:
        async def story() -> None:
            async with account("drop") as (twilio, sms):
                twilio.list_lag = timedelta(seconds=0.3)
                outgoing = text()
                await failure_of(sms.send(outgoing))
                assert await ask(sms, outgoing) == ()
                await asyncio.sleep(0.35)
                assert await ask(sms, outgoing)

        run(story())

    def test_a_message_through_a_service_is_found(self) -> None:
        async def story() -> None:
            async with account("drop", sender=SERVICE) as (_, sms):
                outgoing = text()
                await failure_of(sms.send(outgoing))
                assert await ask(sms, outgoing)

        run(story())

    @pytest.mark.parametrize(
        ("ours", "theirs"),
        [
            ("You’re “fine” – now…", 'You\'re "fine" - now...'),
            ("Rest.", "Sent from your Twilio trial account - Rest."),
            (" Rest. ", "Rest."),
            ("🌱", " 🌱"),
        ],
    )
    def test_what_twilio_does_to_words_is_seen_through(self, ours: str, theirs: str) -> None:
        async def story() -> None:
            async with account() as (twilio, sms):
                await sms.send(text(ours))
                twilio.messages[0]["body"] = theirs
                assert await ask(sms, text(ours))

        run(story())

    def test_other_words_to_another_or_from_another_do_not_count(self) -> None:
        async def story() -> None:
            async with account() as (twilio, sms):
                twilio.numbers.add("+15005550100")
                outgoing = text()
                await sms.send(text("Other words."))
                await sms.send(text(address="+14135550199"))
                await make_and_send(twilio, sender="+15005550100")
                assert await ask(sms, outgoing) == ()

        run(story())

    def test_older_messages_do_not_count(self) -> None:
        async def story() -> None:
            async with account() as (twilio, sms):
                outgoing = text()
                await sms.send(outgoing)
                twilio.messages[0]["date_created"] = format_datetime(now() - timedelta(seconds=2))
                assert await ask(sms, outgoing)
                twilio.messages[0]["date_created"] = format_datetime(now() - timedelta(minutes=11))
                assert await ask(sms, outgoing) == ()

        run(story())

    def test_equal_messages_are_found_oldest_first(self) -> None:
        async def story() -> None:
            async with account() as (twilio, sms):
                outgoing = text()
                for _ in range(3):
                    await sms.send(outgoing)
                found = (await sms.find(outgoing)).same
                assert [receipt.provider_id for receipt in found] == [m["sid"] for m in twilio.messages]
                assert await ask(sms, outgoing) == found

        run(story())

    @pytest.mark.parametrize("fault", ["500", "429", "drop", "hang", "html-502", "html-200", "20003"])
    def test_a_list_that_cannot_be_read_tells_nothing(self, fault: str) -> None:
        async def story() -> None:
            async with account(timeout=BRIEF if fault == "hang" else ROOMY) as (twilio, sms):
                twilio.list_fault = fault
                assert await ask(sms, text()) is None

        run(story())


async def make_and_send(twilio: TwilioStandIn, *, sender: str) -> None:
    other = make_sms(twilio.url, sender=sender)
    await other.send(text())
    await other.close()
