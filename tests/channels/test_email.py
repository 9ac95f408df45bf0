"""Email: how mail is handed over, over which connections, and what each kind of trouble means."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import trustme

from nudger.channels.smtp.email import SmtpEmail
from nudger.domain.deliveries import Receipt
from nudger.domain.messages import Rendered
from nudger.errors import DeliveryError, Effect, SettingsError
from tests.channels.make import BRIEF, LIMITS, ROOMY_LIMITS, ask, failure_of, outgoing_message, raw_server, run
from tests.channels.smtp_stand_in import PASSWORD, USER, SmtpStandIn

AUTHORITY = trustme.CA()
WAY_BACK = datetime(2020, 1, 1, tzinfo=UTC)


@cache
def server_tls(name: str = "127.0.0.1", expired: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ends = {"not_before": WAY_BACK, "not_after": WAY_BACK + timedelta(days=1)} if expired else {}
    AUTHORITY.issue_cert(name, **ends).configure_cert(context)
    return context


@pytest.fixture(scope="module")
def ca_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    AUTHORITY.cert_pem.write_to_path(path)
    return path


def make_email(port: int, **values: Any) -> SmtpEmail:
    defaults = {
        "host": "127.0.0.1",
        "security": "none",
        "sender": "Kind notes <kind@example.org>",
        "limits": ROOMY_LIMITS,
    }
    return SmtpEmail(**(defaults | {"port": port} | values))


@asynccontextmanager
async def server(
    *faults: str, email: dict[str, Any] | None = None, **values: Any
) -> AsyncIterator[tuple[SmtpStandIn, SmtpEmail]]:
    async with SmtpStandIn(faults=faults, **values) as smtp:
        limits = LIMITS if any(fault.startswith("hang") for fault in faults) else ROOMY_LIMITS
        channel = make_email(smtp.port, **({"limits": limits} | (email or {})))
        try:
            yield smtp, channel
        finally:
            await channel.close()


def failed(*faults: str, **values: Any) -> DeliveryError:
    async def story() -> DeliveryError:
        async with server(*faults, **values) as (_, email):
            return await failure_of(email.send(outgoing_message()))

    return run(story())


class TestSending:
    def test_the_receipt_holds_the_servers_queue_id(self) -> None:
        async def story() -> None:
            async with server() as (_, email):
                receipt = await email.send(outgoing_message())
                assert receipt.provider_id is not None
                assert len(receipt.provider_id) == 11

        run(story())

    def test_one_mail_goes_to_one_person(self) -> None:
        async def story() -> None:
            async with server() as (smtp, email):
                await email.send(outgoing_message())
                (mail,) = smtp.mails
                assert (mail.sender, mail.recipient) == ("kind@example.org", "sam@example.org")

        run(story())

    def test_a_second_try_is_byte_for_byte_the_same(self) -> None:
        async def story() -> None:
            async with server("drop-dot") as (smtp, email):
                outgoing = outgoing_message()
                await failure_of(email.send(outgoing))
                await email.send(outgoing)
                first, second = smtp.mails
                assert first.content == second.content

        run(story())

    @pytest.mark.parametrize("words", [".", ".\n.\n\n.", "..", "a\n.\nb", "\n\n.x"])
    def test_leading_dots_survive(self, words: str) -> None:
        async def story() -> None:
            async with server() as (smtp, email):
                await email.send(outgoing_message(rendered=Rendered(text=words, subject="Dots")))
                body = smtp.mails[0].parsed.get_body(("plain",))
                assert body is not None
                assert body.get_content().startswith(words.strip().replace("\n", "\r\n"))

        run(story())

    def test_an_interrupted_mail_cannot_be_asked_about(self) -> None:
        async def story() -> None:
            async with server() as (_, email):
                assert await ask(email, outgoing_message()) is None

        run(story())


class TestConnections:
    def test_one_connection_serves_many_mails(self) -> None:
        async def story() -> None:
            async with server() as (smtp, email):
                for _ in range(5):
                    await email.send(outgoing_message())
                assert (smtp.connections, len(smtp.mails)) == (1, 5)

        run(story())

    def test_there_are_never_more_than_its_concurrency(self) -> None:
        async def story() -> None:
            async with server(latency=(0.01, 0.02)) as (smtp, email):
                await asyncio.gather(*(email.send(outgoing_message(nudge=f"{i:032x}")) for i in range(20)))
                assert (smtp.connections, len(smtp.mails)) == (email.concurrency, 20)

        run(story())

    def test_a_refusal_does_not_cost_the_connection(self) -> None:
        async def story() -> None:
            async with server("rcpt-550", "rcpt-450", "data-451", "dot-554") as (smtp, email):
                for _ in range(4):
                    await failure_of(email.send(outgoing_message()))
                await email.send(outgoing_message())
                assert (smtp.connections, len(smtp.mails)) == (1, 1)

        run(story())

    @pytest.mark.parametrize("fault", ["drop-mail", "hang-mail", "mail-421"])
    def test_a_kept_connection_that_broke_is_replaced_at_once(self, fault: str) -> None:
        async def story() -> None:
            async with server("ok", fault) as (smtp, email):
                await email.send(outgoing_message())
                await email.send(outgoing_message())
                assert (smtp.connections, len(smtp.mails)) == (2, 2)

        run(story())

    def test_a_server_that_hung_up_is_connected_to_again(self) -> None:
        async def story() -> None:
            async with server() as (smtp, email):
                await email.send(outgoing_message())
                smtp.hang_up()
                await email.send(outgoing_message())
                await asyncio.sleep(0.02)
                smtp.hang_up()
                await asyncio.sleep(0.02)
                await email.send(outgoing_message())
                assert (smtp.connections, len(smtp.mails)) == (3, 3)

        run(story())

    def test_a_server_that_takes_few_mails_per_connection_gets_more_connections(self) -> None:
        async def story() -> None:
            async with server(mails_per_connection=2) as (smtp, email):
                for _ in range(6):
                    await email.send(outgoing_message())
                assert (smtp.connections, len(smtp.mails)) == (3, 6)

        run(story())

    def test_an_idle_connection_is_not_trusted_for_ever(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("nudger.channels.smtp.email._KEPT", timedelta(seconds=0.05))

        async def story() -> None:
            async with server() as (smtp, email):
                await email.send(outgoing_message())
                await asyncio.sleep(0.1)
                await email.send(outgoing_message())
                assert smtp.connections == 2

        run(story())

    def test_a_connection_in_use_while_closing_is_not_kept(self) -> None:
        async def story() -> None:
            async with server("late-dot:0.1") as (smtp, email):
                sending = asyncio.create_task(email.send(outgoing_message()))
                await asyncio.sleep(0.05)
                await email.close()
                await sending
                await asyncio.sleep(0.02)
                assert not smtp._open

        run(story())

    def test_a_temporary_refusal_of_the_sender_keeps_the_connection(self) -> None:
        async def story() -> None:
            async with server("ok", "mail-451") as (smtp, email):
                await email.send(outgoing_message())
                assert (await failure_of(email.send(outgoing_message()))).effect is Effect.TRY_AGAIN
                await email.send(outgoing_message())
                assert smtp.connections == 1

        run(story())


class TestRefusals:
    @pytest.mark.parametrize(
        ("fault", "code", "effect"),
        [
            ("mail-421", "421", Effect.TRY_AGAIN),
            ("mail-451", "451", Effect.TRY_AGAIN),
            ("mail-550", "550 5.1.1", Effect.CHANNEL_DOWN),
            ("mail-530", "530", Effect.CHANNEL_DOWN),
            ("mail-552", "552", Effect.GIVE_UP),
            ("rcpt-421", "421", Effect.TRY_AGAIN),
            ("rcpt-450", "450 4.2.1", Effect.TRY_AGAIN),
            ("rcpt-452", "452", Effect.TRY_AGAIN),
            ("rcpt-550", "550 5.1.1", Effect.GIVE_UP),
            ("rcpt-554", "554", Effect.GIVE_UP),
            ("rcpt-530", "530", Effect.CHANNEL_DOWN),
            ("rcpt-535", "535", Effect.CHANNEL_DOWN),
            ("data-451", "451", Effect.TRY_AGAIN),
            ("data-554", "554", Effect.GIVE_UP),
            ("dot-421", "421", Effect.TRY_AGAIN),
            ("dot-451", "451", Effect.TRY_AGAIN),
            ("dot-452", "452", Effect.TRY_AGAIN),
            ("dot-552", "552", Effect.GIVE_UP),
            ("dot-554", "554", Effect.GIVE_UP),
        ],
    )
    def test_the_code_and_its_place_decide(self, fault: str, code: str, effect: Effect) -> None:
        error = failed(fault)
        assert (error.code, error.effect) == (code, effect)

    @pytest.mark.parametrize(
        ("fault", "code", "effect"),
        [
            ("drop-mail", "broken_connection", Effect.TRY_AGAIN),
            ("drop-rcpt", "broken_connection", Effect.TRY_AGAIN),
            ("drop-data", "broken_connection", Effect.TRY_AGAIN),
            ("drop-dot", "broken_connection", Effect.UNCERTAIN),
            ("hang-mail", "timeout", Effect.TRY_AGAIN),
            ("hang-rcpt", "timeout", Effect.TRY_AGAIN),
            ("hang-data", "timeout", Effect.TRY_AGAIN),
            ("hang-dot", "timeout", Effect.UNCERTAIN),
        ],
    )
    def test_only_after_the_final_dot_is_it_uncertain(self, fault: str, code: str, effect: Effect) -> None:
        begun = time.monotonic()
        error = failed(fault)
        assert (error.code, error.effect) == (code, effect)
        assert time.monotonic() - begun < 2 * BRIEF.total_seconds()

    def test_a_late_answer_within_the_limit_is_no_trouble(self) -> None:
        async def story() -> None:
            async with server("late-dot:0.2") as (_, email):
                assert isinstance(await email.send(outgoing_message()), Receipt)

        run(story())

    def test_a_slow_server_holds_up_nobody_else(self) -> None:
        async def story() -> None:
            async with server("hang-dot") as (_, email):
                slow = asyncio.create_task(email.send(outgoing_message()))
                await asyncio.sleep(0.05)
                await email.send(outgoing_message(nudge="b" * 32))
                assert not slow.done()
                assert (await failure_of(slow_result(slow))).effect is Effect.UNCERTAIN

        run(story())


async def slow_result(task: "asyncio.Task[Receipt]") -> Receipt:
    return await task


class TestAddresses:
    @pytest.mark.parametrize(
        "address",
        ["", "sam", "sam@", "@example.org", "sam@example.org\r\nRCPT TO:<eve@example.org>", "sam@example.org>",
         "sam@exa mple.org", "<sam@example.org>", "sam@example.org\x00", "sam@example.org\u2028", "a@b@example.org",
         "alice@example.org)bob@example.org", "sam@example.org,eve@example.org", "x" * 250 + "@example.org"],
    )  # fmt: skip
    def test_what_is_no_address_is_given_up_before_the_wire(self, address: str) -> None:
        async def story() -> None:
            async with server() as (smtp, email):
                error = await failure_of(email.send(outgoing_message(address=address)))
                assert (error.code, error.effect) == ("bad_address", Effect.GIVE_UP)
                assert smtp.connections == 0

        run(story())

    def test_an_international_address_needs_smtputf8(self) -> None:
        async def story() -> None:
            async with server() as (smtp, email):
                error = await failure_of(email.send(outgoing_message(address="zoë@example.org")))
                assert (error.code, error.effect) == ("no_smtputf8", Effect.GIVE_UP)
                await email.send(outgoing_message())
                assert (smtp.connections, len(smtp.mails)) == (1, 1)

        run(story())

    @pytest.mark.parametrize("smtputf8", [False, True])
    @pytest.mark.parametrize("address", ["sam@bücher.example", "sam@xn--bcher-kva.example", "sam@BÜCHER.example"])
    def test_a_domain_beyond_ascii_needs_no_smtputf8(self, address: str, smtputf8: bool) -> None:
        async def story() -> None:
            async with server(smtputf8=smtputf8) as (smtp, email):
                await email.send(outgoing_message(address=address))
                (mail,) = smtp.mails
                assert mail.recipient == "sam@xn--bcher-kva.example"
                assert "SMTPUTF8" not in mail.options
                assert mail.content.isascii()

        run(story())

    def test_a_sender_beyond_ascii_needs_none_either(self) -> None:
        async def story() -> None:
            async with server(email={"sender": "Kind <kind@bücher.example>"}) as (smtp, email):
                await email.send(outgoing_message())
                assert smtp.mails[0].sender == "kind@xn--bcher-kva.example"

        run(story())

    def test_an_international_address_goes_where_it_is_understood(self) -> None:
        async def story() -> None:
            async with server(smtputf8=True) as (smtp, email):
                await email.send(outgoing_message(address="zoë@bücher.example"))
                (mail,) = smtp.mails
                assert mail.recipient == "zoë@xn--bcher-kva.example"
                assert "SMTPUTF8" in mail.options
                assert 'To: "Sam" <zoë@xn--bcher-kva.example>\r\n'.encode() in mail.content  # RFC 6532

        run(story())


class TestEncryption:
    def test_starttls_and_login(self, ca_file: Path) -> None:
        login = {"security": "starttls", "ca_file": ca_file, "username": USER, "password": PASSWORD}

        async def story() -> None:
            async with server(starttls=server_tls(), login=True, email=login) as (smtp, email):
                await email.send(outgoing_message())
                (mail,) = smtp.mails
                assert (mail.encrypted, mail.login) == (True, True)

        run(story())

    def test_tls_from_the_first_byte_and_login(self, ca_file: Path) -> None:
        login = {"security": "tls", "ca_file": ca_file, "username": USER, "password": PASSWORD}

        async def story() -> None:
            async with server(tls=server_tls(), login=True, email=login) as (smtp, email):
                await email.send(outgoing_message())
                await email.send(outgoing_message())
                assert [(mail.encrypted, mail.login) for mail in smtp.mails] == [(True, True)] * 2

        run(story())

    def test_a_wrong_password_is_the_channels_trouble(self, ca_file: Path) -> None:
        login = {"security": "starttls", "ca_file": ca_file, "username": USER, "password": "wrong"}
        error = failed(starttls=server_tls(), login=True, email=login)
        assert (error.code, error.effect) == ("535 5.7.8", Effect.CHANNEL_DOWN)

    def test_a_login_that_was_forgotten_is_the_channels_trouble(self, ca_file: Path) -> None:
        error = failed(starttls=server_tls(), login=True, email={"security": "starttls", "ca_file": ca_file})
        assert (error.code, error.effect) == ("530 5.7.0", Effect.CHANNEL_DOWN)

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    @pytest.mark.parametrize("certificate", [("mail.example.net", False), ("127.0.0.1", True)])
    def test_a_wrong_name_or_an_old_certificate_is_the_channels_trouble(
        self, security: str, certificate: tuple[str, bool], ca_file: Path
    ) -> None:
        context = server_tls(*certificate)
        sides = {"starttls": context} if security == "starttls" else {"tls": context}
        error = failed(**sides, email={"security": security, "ca_file": ca_file})
        assert (error.code, error.effect) == ("tls_certificate", Effect.CHANNEL_DOWN)

    def test_an_unknown_authority_is_the_channels_trouble(self) -> None:
        error = failed(starttls=server_tls(), email={"security": "starttls"})
        assert (error.code, error.effect) == ("tls_certificate", Effect.CHANNEL_DOWN)

    def test_starttls_that_somebody_took_out_is_the_channels_trouble_and_nothing_goes_in_clear(self) -> None:
        async def story() -> None:
            email = {"security": "starttls", "username": USER, "password": PASSWORD}
            async with server(email=email) as (smtp, channel):
                error = await failure_of(channel.send(outgoing_message()))
                assert (error.code, error.effect) == ("no_starttls", Effect.CHANNEL_DOWN)
                assert not smtp.mails

        run(story())

    def test_tls_to_a_server_that_speaks_in_clear_is_the_channels_trouble(self, ca_file: Path) -> None:
        assert failed(email={"security": "tls", "ca_file": ca_file}).effect is Effect.CHANNEL_DOWN

    def test_a_server_without_login_is_the_channels_trouble(self) -> None:
        error = no_answer(scripted("220 mail", "250-mail\r\n250 8BITMIME"), username=USER, password=PASSWORD)
        assert (error.code, error.effect) == ("no_auth", Effect.CHANNEL_DOWN)

    def test_in_clear_only_to_this_machine(self) -> None:
        with pytest.raises(SettingsError, match="NUDGER_SMTP_SECURITY=none"):
            make_email(25, host="mail.example.org")
        for host in ("localhost", "127.0.0.1", "::1"):
            make_email(25, host=host)

    def test_a_misspelt_security_is_named(self) -> None:
        with pytest.raises(SettingsError, match="starttls, tls, none"):
            make_email(25, security="ssl")

    def test_a_missing_authority_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match="NUDGER_SMTP_CA_FILE"):
            make_email(25, ca_file=tmp_path / "none.pem")

    def test_the_password_is_not_shown(self) -> None:
        email = make_email(25, username=USER, password=PASSWORD)
        assert PASSWORD not in f"{email!r} {vars(email)!r}"


def scripted(*replies: str) -> Any:
    """A server that gives these replies, one for the greeting and one per line, and then falls silent."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for reply in replies:
            writer.write(reply.encode() + b"\r\n")
            await reader.readline()
        await asyncio.sleep(60)

    return serve


async def silent(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def dripping(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for byte in b"220 a greeting that takes its time":
        writer.write(bytes([byte]))
        await asyncio.sleep(0.1)


async def babbling(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"220-and another line\r\n" * 100)
        await writer.drain()


async def closing(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    return


def no_answer(serve: Callable[..., Any], **values: Any) -> DeliveryError:
    async def story() -> DeliveryError:
        async with raw_server(serve) as port:
            email = make_email(port, **({"limits": LIMITS} | values))
            error = await failure_of(email.send(outgoing_message()))
            await email.close()
            return error

    return run(story())


class TestServersThatMisbehave:
    @pytest.mark.parametrize(
        ("serve", "code", "effect"),
        [
            (scripted("421 4.3.2 too busy"), "421 4.3.2", Effect.TRY_AGAIN),
            (scripted("450 later"), "450", Effect.TRY_AGAIN),
            (scripted("554 no service for you"), "554", Effect.CHANNEL_DOWN),
            (scripted("220 mail", "421 bye"), "421", Effect.TRY_AGAIN),
            (scripted("220 mail", "550 go away", "550 go away"), "550", Effect.CHANNEL_DOWN),
            (scripted("220 mail", "250 mail", "250 ok", "250 ok", "354 go on"), "timeout", Effect.UNCERTAIN),
            (scripted("220 mail", "250 mail", "250 ok", "250 ok", "250 what?"), "250", Effect.TRY_AGAIN),
            (
                scripted("220 mail", "250 mail", "250 ok", "250 ok", "354 go on", "nonsense"),
                "bad_reply",
                Effect.UNCERTAIN,
            ),
            (scripted("HTTP/1.1 400 Bad Request"), "bad_reply", Effect.TRY_AGAIN),
            (scripted("220 mail", "250 mail", "nonsense"), "bad_reply", Effect.TRY_AGAIN),
            (silent, "timeout", Effect.TRY_AGAIN),
            (dripping, "timeout", Effect.TRY_AGAIN),
            (babbling, "bad_reply", Effect.TRY_AGAIN),
            (closing, "no_connection", Effect.TRY_AGAIN),
        ],
    )
    def test_it_ends_in_time_and_in_the_right_effect(self, serve: Any, code: str, effect: Effect) -> None:
        begun = time.monotonic()
        error = no_answer(serve)
        assert (error.code, error.effect) == (code, effect)
        assert time.monotonic() - begun < 4 * BRIEF.total_seconds()

    def test_a_handshake_that_never_ends_is_tried_again(self, ca_file: Path) -> None:
        error = no_answer(silent, security="tls", ca_file=ca_file)
        assert error.effect is Effect.TRY_AGAIN

    def test_starttls_that_is_promised_and_refused(self, ca_file: Path) -> None:
        replies = ("220 mail", "250-mail\r\n250 STARTTLS")
        later = no_answer(scripted(*replies, "454 not now"), security="starttls", ca_file=ca_file)
        never = no_answer(scripted(*replies, "501 no"), security="starttls", ca_file=ca_file)
        assert (later.effect, never.effect) == (Effect.TRY_AGAIN, Effect.CHANNEL_DOWN)

    def test_words_in_clear_after_starttls_are_not_believed(self, ca_file: Path) -> None:
        injected = scripted("220 mail", "250-mail\r\n250 STARTTLS", "220 go\r\n250 injected\r\n250 injected")
        assert no_answer(injected, security="starttls", ca_file=ca_file).effect is not Effect.UNCERTAIN

    def test_nobody_there_is_tried_again(self) -> None:
        error = run(failure_of(make_email(1).send(outgoing_message())))
        assert (error.code, error.effect) == ("no_connection", Effect.TRY_AGAIN)

    def test_a_name_that_does_not_resolve_is_tried_again(self) -> None:
        email = make_email(25, host="mail.invalid", security="starttls")
        assert run(failure_of(email.send(outgoing_message()))).effect is Effect.TRY_AGAIN


class TestSenders:
    @pytest.mark.parametrize(
        "sender", ["", "nobody", "Kind <kind>", "Kind <kind@example.org", "a@b, c@d", "zoë@example.org"]
    )
    def test_a_sender_that_is_no_address_is_named(self, sender: str) -> None:
        with pytest.raises(SettingsError, match="NUDGER_EMAIL_FROM"):
            make_email(25, sender=sender)
