"""nudger's own email channel against a real Postfix, which wants TLS and a login, and read back through Dovecot."""

import asyncio
from email.utils import parsedate_to_datetime

import pytest

from nudger.channels.smtp.email import SmtpEmail
from nudger.domain.messages import Rendered
from nudger.errors import DeliveryError, Effect
from tests.channels.make import outgoing_message
from tests.system import postfix

pytestmark = pytest.mark.system

NUDGE = "00112233445566778899aabbccddeeff"
WORDS = Rendered(subject="Für heute: leise", text="Be as kind to yourself as to a friend.\n\n.\n\nPauses count ☕")


def channel(mail, *, password=postfix.PASSWORD, ca_file=None):
    return SmtpEmail(
        host="localhost",
        port=mail.smtp_port,
        security="starttls",
        username=postfix.USER,
        password=password,
        sender=f"Small notes <{postfix.USER}>",
        contact="help@example.test",
        ca_file=ca_file or mail.ca_file,
    )


def send(channel, *parcels):
    """Send one after the other on the same channel; give the receipts, or the first trouble."""

    async def story():
        try:
            return [await channel.send(outgoing) for outgoing in parcels]
        finally:
            await channel.close()

    return asyncio.run(asyncio.wait_for(story(), 30))


def failure(channel, outgoing):
    with pytest.raises(DeliveryError) as caught:
        send(channel, outgoing)
    return caught.value


def test_arrives_whole(mail):
    outgoing = outgoing_message(nudge=NUDGE, address="alice@example.test", rendered=WORDS)

    (receipt,) = send(channel(mail), outgoing)
    letter = mail.wait_for_letters("alice")[0]

    assert receipt.provider == "smtp"
    assert receipt.provider_id in letter["Received"]  # Postfix's own id, to find it in the server's log
    assert "ESMTPSA" in letter["Received"]  # encrypted, and logged in
    assert letter["Message-ID"] == f"<{NUDGE}@example.test>"
    assert parsedate_to_datetime(letter["Date"]) == outgoing.first_attempt_at.replace(microsecond=0)
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["From"] == f"Small notes <{postfix.USER}>"
    assert letter["Subject"] == WORDS.subject
    assert not letter.defects
    text, html = letter.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    for part in (text, html):
        assert "Be as kind to yourself as to a friend." in part.get_content()
        assert "Pauses count ☕" in part.get_content()
    assert "." in text.get_content().splitlines()  # a line with a single dot does not end the mail


def test_a_second_try_is_the_same_mail(mail):
    outgoing = outgoing_message(nudge=NUDGE, address="bob@example.test", rendered=WORDS)

    send(channel(mail), outgoing, outgoing)
    first, second = mail.wait_for_letters("bob", 2)

    trace = {"Received", "Delivered-To", "Return-Path", "X-Original-To"}
    assert [line for line in first.items() if line[0] not in trace] == [
        line for line in second.items() if line[0] not in trace
    ]
    assert first["Message-ID"] == second["Message-ID"]
    assert first.get_body().get_content() == second.get_body().get_content()


@pytest.mark.parametrize(
    ("name", "code", "effect"),
    [
        ("tempfail", "451 4.3.0", Effect.TRY_AGAIN),
        ("full", "452 4.2.2", Effect.TRY_AGAIN),
        ("hangup", "421 4.3.2", Effect.TRY_AGAIN),
        ("nouser", "550 5.1.1", Effect.GIVE_UP),
        ("blocked", "554 5.7.1", Effect.GIVE_UP),
    ],
)
def test_what_a_refusal_means(mail, name, code, effect):
    trouble = failure(channel(mail), outgoing_message(address=f"{name}@example.test"))

    assert (trouble.code, trouble.effect) == (code, effect)


def test_one_refused_recipient_leaves_the_channel_usable(mail):
    sender = channel(mail)

    async def story():
        for name in ("nouser", "hangup", "tempfail"):
            with pytest.raises(DeliveryError):
                await sender.send(outgoing_message(address=f"{name}@example.test"))
        receipt = await sender.send(outgoing_message(address="alice+after@example.test"))
        await sender.close()
        return receipt

    assert asyncio.run(asyncio.wait_for(story(), 30)).provider_id


def test_a_wrong_password_is_the_channels_trouble(mail):
    trouble = failure(channel(mail, password="no"), outgoing_message(address="alice@example.test"))

    assert (trouble.code.split()[0], trouble.effect) == ("535", Effect.CHANNEL_DOWN)


def test_an_unknown_authority_is_never_trusted(mail):
    stranger = SmtpEmail(
        host="localhost",
        port=mail.smtp_port,
        username=postfix.USER,
        password=postfix.PASSWORD,
        sender=postfix.USER,
    )

    trouble = failure(stranger, outgoing_message(address="alice@example.test"))

    assert (trouble.code, trouble.effect) == ("tls_certificate", Effect.CHANNEL_DOWN)
