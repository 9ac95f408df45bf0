"""Any reply at any stage of a dialogue: by its first digit (RFC 5321, 4.2.1), and by how far the dialogue got."""

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nudger.channels.smtp.email import SmtpEmail
from nudger.domain.deliveries import Receipt
from nudger.errors import DeliveryError, Effect
from tests.channels.make import LIMITS, ROOMY_LIMITS, Serve, outgoing_message, raw_server, run

STAGES = ("greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", ".")
USUAL = {
    "greeting": b"220 mail",
    "EHLO": b"250-mail\r\n250 AUTH PLAIN",
    "AUTH": b"235 ok",
    "DATA": b"354 go on",
}


def replying(**replies: bytes) -> Serve:
    """A server that gives these replies in place of the usual ones; `dot` is the one after the final dot."""
    script = USUAL | {("." if stage == "dot" else stage): reply for stage, reply in replies.items()}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(script["greeting"] + b"\r\n")
        while line := await reader.readline():
            verb = line.split()[0].decode().upper()
            reply = script.get(verb, b"250 ok")
            writer.write(reply + b"\r\n")
            if verb == "DATA" and reply[:1] == b"3":
                while await reader.readline() != b".\r\n":
                    pass
                writer.write(script.get(".", b"250 ok") + b"\r\n")

    return serve


def outcome(limits: Any = ROOMY_LIMITS, **replies: bytes) -> Receipt | DeliveryError:
    async def story() -> Receipt | DeliveryError:
        async with raw_server(replying(**replies)) as port:
            email = SmtpEmail(
                host="127.0.0.1",
                port=port,
                security="none",
                username="kind",
                password="secret",
                sender="kind@example.org",
                limits=limits,
            )
            try:
                return await email.send(outgoing_message())
            except DeliveryError as error:
                return error
            finally:
                await email.close()

    found: Receipt | DeliveryError = run(story())
    return found


@pytest.mark.parametrize(
    ("stage", "reply"),
    [
        ("RCPT", b"251 will forward"),
        ("RCPT", b"252 cannot verify, but will try"),
        ("RCPT", b"299"),
        ("MAIL", b"200 ok"),
        ("MAIL", b"250"),
        ("EHLO", b"200-mail\r\n200 AUTH PLAIN"),
        ("AUTH", b"200 welcome"),
        ("DATA", b"399 go on"),
        ("DATA", b"354-go on\r\n354 and end with a dot"),
        ("dot", b"260 accepted"),
        ("dot", b"200 ok"),
        ("dot", b"250"),
        ("dot", b"250 "),
        ("dot", b"250-2.0.0 one\r\n250-two\r\n250 three"),
        ("dot", "250 2.0.0 принято".encode()),
        ("dot", b"250 r\xe9ussi"),
    ],
)
def test_any_yes_is_a_yes(stage: str, reply: bytes) -> None:
    assert isinstance(outcome(**{stage: reply}), Receipt)


@pytest.mark.parametrize(
    ("stage", "reply", "code", "effect"),
    [
        ("MAIL", b"354 go on", "354", Effect.TRY_AGAIN),
        ("RCPT", b"354 go on", "354", Effect.TRY_AGAIN),
        ("RCPT", b"150 wait", "bad_reply", Effect.TRY_AGAIN),
        ("RCPT", b"650 what", "bad_reply", Effect.TRY_AGAIN),
        ("RCPT", b"559 no", "559", Effect.GIVE_UP),
        ("RCPT", b"499 later", "499", Effect.TRY_AGAIN),
        ("DATA", b"250 what", "250", Effect.TRY_AGAIN),
        ("DATA", b"554 no", "554", Effect.GIVE_UP),
        ("dot", b"354 go on", "354", Effect.UNCERTAIN),
        ("dot", b"150 wait", "bad_reply", Effect.UNCERTAIN),
        ("dot", b"hello there", "bad_reply", Effect.UNCERTAIN),
        ("dot", b"25", "bad_reply", Effect.UNCERTAIN),
        ("dot", b"-250 ok", "bad_reply", Effect.UNCERTAIN),
        ("dot", b"554-5.7.1 one\r\n554 5.7.1 two", "554 5.7.1", Effect.GIVE_UP),
        ("dot", b"450", "450", Effect.TRY_AGAIN),
        ("AUTH", b"535 no", "535", Effect.CHANNEL_DOWN),
        ("AUTH", b"454 later", "454", Effect.TRY_AGAIN),
        ("EHLO", b"554 no", "554", Effect.CHANNEL_DOWN),
        ("greeting", b"554 no", "554", Effect.CHANNEL_DOWN),
    ],
)
def test_any_other_means_what_it_means_at_its_stage(stage: str, reply: bytes, code: str, effect: Effect) -> None:
    error = outcome(**{stage: reply})
    assert isinstance(error, DeliveryError)
    assert (error.code, error.effect) == (code, effect)


def test_a_reply_too_many_is_not_taken_for_the_answer_to_the_dot() -> None:
    error = outcome(DATA=b"354 go on\r\n250 too early", dot=b"554 spam")
    assert isinstance(error, DeliveryError)
    assert error.effect is Effect.TRY_AGAIN


REPLIES = st.one_of(
    st.integers(0, 999).map(lambda code: b"%03d ok" % code),
    st.integers(200, 599).map(lambda code: b"%d" % code),
    st.integers(200, 599).map(lambda code: b"%d-one\r\n%d two" % (code, code)),
    st.binary(max_size=12).map(lambda junk: junk.replace(b"\n", b"").replace(b"\r", b"") + b" ."),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(stage=st.sampled_from(STAGES), reply=REPLIES)
def test_whatever_a_server_replies_is_read_by_these_rules(stage: str, reply: bytes) -> None:
    found = outcome(LIMITS, **{"dot" if stage == "." else stage: reply})
    digit = reply[:1] if reply[:3].isdigit() else b"?"
    go_on = b"3" if stage == "DATA" else b"2"
    if isinstance(found, Receipt):
        assert digit == go_on
        return
    assert found.code
    if stage == ".":
        refused = {b"4": Effect.TRY_AGAIN, b"5": Effect.GIVE_UP}
        assert digit != b"2"
        if digit in refused and reply[:3] not in {b"530", b"534", b"535", b"538"}:
            assert found.effect is refused[digit]
        elif digit not in refused:
            assert found.effect is Effect.UNCERTAIN
    else:
        assert found.effect is not Effect.UNCERTAIN
        assert digit != go_on or stage in ("greeting", "EHLO")  # 220 alone; and a yes that offers no login
