"""An SMS whose answer was lost, over the real channel and a real ledger: never twice, whatever the list looks like."""

import asyncio
from datetime import UTC, datetime
from unicodedata import normalize

import pytest

from nudger.channels.twilio.sms import TwilioSms
from nudger.domain.vocabulary import Channel
from tests.channels.twilio_stand_in import ACCOUNT, NUMBER, TOKEN, TwilioStandIn
from tests.make import make_message, make_recipient
from tests.world import HELLO, World

WORDS = normalize("NFD", "Your turn to rest, Zoë – that’s allowed, and nobody waits for you.")


def story_of(tmp_path, fault, change=lambda message: message, minutes=8):
    """One nudge whose create ends in a fault; return the states of all nudges, and how many messages there are."""
    person = make_recipient(sms="+447911123456", email=None, prefer=Channel.SMS)
    messages = [HELLO, *(make_message(f"m{n}", sms=f"{WORDS} {n}") for n in range(5))]
    world = World(tmp_path / "state", people=[person], messages=messages)

    async def story():
        async with TwilioStandIn() as twilio:
            twilio.shown = change
            world.sms = TwilioSms(
                account_sid=ACCOUNT, auth_token=TOKEN, sender=NUMBER, clock=world.clock, base_url=twilio.url
            )
            world.start()
            await world.reload()
            await world.tick()
            twilio.faults.append(fault)
            await world.tick(minutes=30)
            for _ in range(minutes):
                await world.tick(minutes=1)
            await world.sms.close()
            return world.states(), len(twilio.messages)

    try:
        return asyncio.run(asyncio.wait_for(story(), 30))
    finally:
        world.ledger.close()


def iso(message):
    return message | {"date_created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (lambda message: message, "sent"),
        (lambda message: message | {"body": ""}, "sent"),
        (iso, "sent"),
        (lambda message: message | {"body": normalize("NFC", message["body"])}, "sent"),
        (lambda message: iso(message) | {"body": None}, "sent"),
        (lambda message: message | {"date_created": None}, "unknown"),
        (lambda message: message | {"body": "", "date_created": "today"}, "unknown"),
        (lambda message: message | {"from": None}, "unknown"),
        (lambda message: message | {"body": message["body"][:20]}, "unknown"),
        (lambda message: message | {"to": "+4479111XXXXX", "body": ""}, "unknown"),
        (lambda message: {}, "unknown"),
        (lambda message: "gone", "unknown"),
    ],
)
def test_what_was_accepted_is_never_sent_again(tmp_path, change, state):
    assert story_of(tmp_path, "drop", change) == ([state], 2)  # the hello, and this one


@pytest.mark.parametrize("fault", ["accept-500", "html", "half"])
def test_however_its_answer_was_lost(tmp_path, fault):
    assert story_of(tmp_path, fault, lambda message: iso(message) | {"body": ""}) == (["sent"], 2)


def test_what_was_not_accepted_is_sent_once_more(tmp_path):
    assert story_of(tmp_path, "refuse") == (["sent"], 2)


def test_where_no_words_are_kept_an_absence_is_still_proved_by_what_is_bound(tmp_path):
    """Every entry without words is another nudge's, so the one that is asked about is not among them."""
    assert story_of(tmp_path, "refuse", lambda message: message | {"body": ""}) == (["sent"], 2)


def test_a_message_that_failed_is_not_sent_and_the_address_is_set_aside(tmp_path):
    assert story_of(tmp_path, "failed:21610") == (["suppressed"], 2)
