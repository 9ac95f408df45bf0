"""What every channel promises, tried on each of them over its real wire."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from nudger.channels.local.maildir import Local
from nudger.channels.smtp.email import SmtpEmail
from nudger.channels.twilio.sms import TwilioSms
from nudger.domain.deliveries import OutgoingMessage, Receipt
from nudger.domain.messages import Rendered
from nudger.domain.vocabulary import Channel
from nudger.errors import DeliveryError, Effect
from nudger.use_cases.ports import ChannelPort
from tests.channels.make import ROOMY, ROOMY_LIMITS, ask, failure_of, now, outgoing_message, run
from tests.channels.smtp_stand_in import SmtpStandIn
from tests.channels.twilio_stand_in import ACCOUNT, NUMBER, TOKEN, TwilioStandIn


@dataclass(frozen=True)
class Bench:
    """A channel on its wire. `received` counts what the far end holds; `cut` makes the far end fail for good."""

    channel: ChannelPort
    outgoing: OutgoingMessage
    provider: str
    received: Callable[[], int]
    cut: Callable[[], object]


@asynccontextmanager
async def twilio_bench(_: Path) -> AsyncIterator[Bench]:
    async with TwilioStandIn() as twilio:
        channel = TwilioSms(
            account_sid=ACCOUNT, auth_token=TOKEN, sender=NUMBER, clock=now, base_url=twilio.url, timeout=ROOMY
        )

        def cut() -> None:
            twilio.faults.extend(["drop"] * 9)
            twilio.list_fault = "drop"

        yield Bench(channel, outgoing_message(Channel.SMS), "twilio", lambda: len(twilio.messages), cut)
        await channel.close()


@asynccontextmanager
async def smtp_bench(_: Path) -> AsyncIterator[Bench]:
    async with SmtpStandIn() as smtp:
        channel = SmtpEmail(
            host="127.0.0.1", port=smtp.port, security="none", sender="Kind <kind@example.org>", limits=ROOMY_LIMITS
        )
        yield Bench(
            channel, outgoing_message(), "smtp", lambda: len(smtp.mails), lambda: smtp.faults.extend(["drop-dot"] * 9)
        )
        await channel.close()


@asynccontextmanager
async def local_bench(folder: Path, channel: Channel = Channel.EMAIL) -> AsyncIterator[Bench]:
    maildir = folder / "mail"

    def cut() -> None:
        maildir.rename(folder / "gone")
        maildir.write_text("a file where the folder was")

    def received() -> int:
        return len(list(maildir.glob("new/*")))

    yield Bench(Local(maildir=maildir, write=None), outgoing_message(channel), "local", received, cut)


@asynccontextmanager
async def local_sms_bench(folder: Path) -> AsyncIterator[Bench]:
    async with local_bench(folder, Channel.SMS) as bench:
        yield bench


@pytest.mark.parametrize("bench", [twilio_bench, smtp_bench, local_bench, local_sms_bench])
class TestEveryChannel:
    def test_it_gives_a_receipt_that_names_the_provider(self, bench: "Opener", tmp_path: Path) -> None:
        async def story() -> None:
            async with bench(tmp_path) as b:
                receipt = await b.channel.send(b.outgoing)
                assert isinstance(receipt, Receipt)
                assert receipt.provider == b.channel.provider == b.provider
                assert b.received() == 1

        run(story())

    def test_it_sends_as_many_at_once_as_it_says(self, bench: "Opener", tmp_path: Path) -> None:
        async def story() -> None:
            async with bench(tmp_path) as b:
                count = b.channel.concurrency * 3
                parcels = [
                    outgoing_message(
                        b.outgoing.channel, nudge=f"{i:032x}", rendered=Rendered(text=f"Words {i}.", subject="Hi")
                    )
                    for i in range(count)
                ]
                await asyncio.gather(*map(b.channel.send, parcels))
                assert b.received() == count

        run(story())

    def test_it_raises_nothing_but_delivery_errors(self, bench: "Opener", tmp_path: Path) -> None:
        async def story() -> None:
            async with bench(tmp_path) as b:
                await b.channel.send(b.outgoing)
                b.cut()
                for nudge in ("b" * 32, "c" * 32):
                    error = await failure_of(b.channel.send(outgoing_message(b.outgoing.channel, nudge=nudge)))
                    assert error.effect in {Effect.UNCERTAIN, Effect.CHANNEL_DOWN}

        run(story())

    def test_its_errors_hold_no_address_and_no_words(self, bench: "Opener", tmp_path: Path) -> None:
        async def story() -> None:
            async with bench(tmp_path) as b:
                await b.channel.send(b.outgoing)
                b.cut()
                error = await failure_of(b.channel.send(outgoing_message(b.outgoing.channel, nudge="b" * 32)))
                shown = f"{error} {error.code} {error!r} {error.__cause__}"
                assert b.outgoing.address not in shown
                assert "rest" not in shown
                assert error.__suppress_context__

        run(story())

    def test_looking_up_never_raises(self, bench: "Opener", tmp_path: Path) -> None:
        async def story() -> None:
            async with bench(tmp_path) as b:
                assert not await ask(b.channel, b.outgoing)
                await b.channel.send(b.outgoing)
                await ask(b.channel, b.outgoing)
                b.cut()
                found = await ask(b.channel, b.outgoing)
                assert not found

        run(story())

    def test_it_can_be_closed_twice_and_used_again(self, bench: "Opener", tmp_path: Path) -> None:
        async def story() -> None:
            async with bench(tmp_path) as b:
                await b.channel.close()
                await b.channel.send(b.outgoing)
                await b.channel.close()
                await b.channel.close()
                await b.channel.send(outgoing_message(b.outgoing.channel, nudge="b" * 32))
                assert b.received() == 2

        run(story())

    def test_it_gives_way_when_cancelled(self, bench: "Opener", tmp_path: Path) -> None:
        async def story() -> None:
            async with bench(tmp_path) as b:
                sending = asyncio.create_task(b.channel.send(b.outgoing))
                await asyncio.sleep(0)
                sending.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await sending
                await b.channel.send(outgoing_message(b.outgoing.channel, nudge="b" * 32))

        run(story())

    def test_it_logs_nothing(self, bench: "Opener", tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        async def story() -> None:
            async with bench(tmp_path) as b:
                await b.channel.send(b.outgoing)
                await ask(b.channel, b.outgoing)
                assert not [r for r in caplog.records if b.outgoing.address in r.getMessage() and r.name != "mail.log"]
                assert not [r for r in caplog.records if r.name.startswith(("nudger", "twilio", "aiosmtplib"))]

        caplog.set_level(logging.DEBUG)
        run(story())


Opener = Callable[[Path], AbstractAsyncContextManager[Bench]]


def test_a_delivery_error_is_what_the_contract_names() -> None:
    assert str(DeliveryError("450", Effect.TRY_AGAIN)) == "450: try_again"
