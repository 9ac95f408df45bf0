"""Our stand-in for Twilio, and what we ask of it, held to the OpenAPI description that Twilio publishes."""

import asyncio
import json
import urllib.request
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import encode_basic_auth

from nudger.channels.twilio.sms import TwilioSms
from nudger.domain.deliveries import Receipt
from nudger.domain.messages import Rendered
from nudger.domain.vocabulary import Channel
from nudger.errors import Effect
from tests.channels import prism
from tests.channels.make import ask, failure_of, now, outgoing_message, run
from tests.channels.twilio_stand_in import ACCOUNT, NUMBER, SERVICE, TOKEN, TwilioStandIn

pytestmark = pytest.mark.system


@pytest.fixture(autouse=True)
def _prism() -> None:
    if missing := prism.what_is_missing():
        pytest.skip(missing)


def through_prism(story: Any, **values: Any) -> None:
    async def whole() -> None:
        async with TwilioStandIn() as twilio:
            proxy = prism.proxy(twilio.url)
            url = await asyncio.to_thread(proxy.__enter__)
            defaults = {"account_sid": ACCOUNT, "auth_token": TOKEN, "sender": NUMBER, "clock": now}
            sms = TwilioSms(**(defaults | {"base_url": url, "timeout": timedelta(seconds=10)} | values))
            try:
                await story(twilio, sms)
            finally:
                await sms.close()
                await asyncio.to_thread(proxy.__exit__, None, None, None)

    asyncio.run(asyncio.wait_for(whole(), 60))


@pytest.mark.parametrize("sender", [NUMBER, SERVICE])
def test_a_message_is_sent_found_and_refused_by_the_book(sender: str) -> None:
    async def story(twilio: TwilioStandIn, sms: TwilioSms) -> None:
        outgoing = outgoing_message(Channel.SMS, rendered=Rendered(text="Grüße 🌱 – you’re allowed to rest."))
        assert await ask(sms, outgoing) == ()
        receipt = await sms.send(outgoing)
        assert receipt == Receipt(provider="twilio", provider_id=twilio.messages[0]["sid"])
        assert await ask(sms, outgoing) == (receipt,)
        refused = await failure_of(sms.send(outgoing_message(Channel.SMS, address="+15005550004")))
        assert (refused.code, refused.effect) == ("21610", Effect.SUPPRESS)

    through_prism(story, sender=sender)


def test_an_answer_that_breaks_the_book_is_seen() -> None:
    """The proof that the proxy looks: an unknown status does not pass."""

    async def story(twilio: TwilioStandIn, sms: TwilioSms) -> None:
        await sms.send(outgoing_message(Channel.SMS))
        twilio.messages[0]["status"] = "on its way"
        assert await ask(sms, outgoing_message(Channel.SMS)) is None

    through_prism(story)


def test_every_field_of_the_book_is_there() -> None:
    async def story() -> None:
        async with TwilioStandIn() as twilio:
            sms = TwilioSms(account_sid=ACCOUNT, auth_token=TOKEN, sender=NUMBER, clock=now, base_url=twilio.url)
            await sms.send(outgoing_message(Channel.SMS))
            await sms.close()
            page = await asyncio.to_thread(first_page, twilio.url)
            assert set(page) == prism.page_fields()
            assert set(page["messages"][0]) == prism.message_fields()

    run(story())


def first_page(url: str) -> Any:
    request = urllib.request.Request(
        f"{url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        headers={"Authorization": encode_basic_auth(ACCOUNT, TOKEN)},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)
