"""An SMS whose answer was lost: what Twilio's list proves of it, and what it does not."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random
from typing import Any
from unicodedata import normalize
from urllib.parse import parse_qs, quote_plus, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.channels.twilio import lookup
from nudger.channels.twilio.http import Answer
from nudger.channels.twilio.sms import TwilioSms
from nudger.domain.deliveries import Found, OutgoingMessage
from nudger.domain.messages import Rendered
from nudger.domain.vocabulary import Channel
from nudger.errors import DeliveryError, Effect
from tests.channels.make import ROOMY, failure_of, now, outgoing_message, run
from tests.channels.twilio_stand_in import ACCOUNT, NUMBER, SERVICE, TOKEN, TwilioStandIn

URL = f"https://api.example.org/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
BEGUN = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
ASKED = BEGUN + timedelta(minutes=1)
OURS = "You’re allowed to rest, Zoë – even now…"
SIBLING = "Three slow breaths, Zoë. That is the whole task, and it is enough for this noon."
OUTGOING = outgoing_message(
    Channel.SMS, rendered=Rendered(text=OURS), first_attempt_at=BEGUN, expires_at=BEGUN + timedelta(hours=1)
)


def entry(sid: Any = "SM1", *, at: timedelta = timedelta(seconds=1), **fields: Any) -> dict[str, Any]:
    usual = {
        "sid": sid,
        "status": "delivered",
        "to": OUTGOING.address,
        "from": NUMBER,
        "messaging_service_sid": None,
        "body": OURS,
        "date_created": format_datetime(BEGUN + at),
        "error_code": None,
    }
    return {key: value for key, value in (usual | fields).items() if value is not ABSENT}


ABSENT = object()


def page(*entries: Any, following: Any = None, **fields: Any) -> dict[str, Any]:
    return {"messages": list(entries), "next_page_uri": following, **fields}


def look(
    *pages: Any,
    sender: str = NUMBER,
    asked: datetime = ASKED,
    headers: Mapping[str, str] | None = None,
    urls: list[str] | None = None,
    outgoing: OutgoingMessage = OUTGOING,
) -> Found:
    """What is found in these pages, given one for each question in turn; the last one again and again."""
    left = list(pages)

    async def get(url: str, _query: Mapping[str, str] | None) -> Answer:
        if urls is not None:
            urls.append(url)
        found = left.pop(0) if len(left) > 1 else left[0]
        return Answer(status=200, headers=headers or {}, body=json.dumps(found))

    return asyncio.run(lookup.find(get, URL, outgoing, sender=sender, clock=lambda: asked))


def said(found: Found) -> str:
    """The one word for what was found: same, blank, unclear or absent."""
    return next((name for name in ("same", "blank", "unclear") if getattr(found, name)), "absent")


def cannot_tell(*pages: Any, **values: Any) -> str:
    with pytest.raises(DeliveryError) as caught:
        look(*pages, **values)
    assert caught.value.effect is Effect.UNCERTAIN
    return caught.value.code


class TestWords:
    @pytest.mark.parametrize(
        "body",
        [
            OURS,
            normalize("NFD", OURS),
            normalize("NFKC", OURS),
            "You're allowed to rest, Zoë - even now...",
            f"  {OURS}\n",
            OURS.replace(" ", "\u00a0"),
            f"Sent from your Twilio trial account - {OURS}",
            OURS.replace("’", "&#39;").replace("…", "&hellip;"),
            OURS.replace("ë", "e"),
            OURS.upper(),
            OURS.encode().decode("latin-1"),
            quote_plus(OURS),
        ],
    )
    def test_that_changed_on_the_way_as_words_do_are_the_same(self, body: str) -> None:
        assert said(look(page(entry(body=body)))) == "same"

    @pytest.mark.parametrize(
        "body",
        [
            "",
            " ",
            None,
            ABSENT,
            5,
            [],
            "***",
            "•••••",
            "[redacted]",
            "REDACTED",
            "This message has been redacted.",
            "XXXX",
            "xxx xxx",
            "null",
            "None",
            "(no body)",
            "N/A",
        ],
    )
    def test_that_are_gone_are_blank(self, body: Any) -> None:
        assert said(look(page(entry(body=body)))) == "blank"

    @pytest.mark.parametrize(
        "body",
        [
            OURS[:25],
            OURS[10:],
            "Rest.",
            f"{OURS} Reply STOP to opt out",
            f"Kind notes: {OURS}",
            f"[TEST] {OURS} (1/1)",
            OURS.replace("rest", "https://twil.io/x1y2"),
            "Body removed for privacy",
            "content not available",
            "U2FsdGVkX1+vupppZksvRf5pq5g5XjFRIipRkwB0K1Y=",
            "9f86d081884c7d659a2feaa0c55ad015",
        ],
    )
    def test_that_are_neither_the_same_nor_plainly_others_leave_it_unclear(self, body: str) -> None:
        assert said(look(page(entry(body=body)))) == "unclear"

    @pytest.mark.parametrize("body", [SIBLING, "Other words.", "Your code is 123456", "✔ ok"])
    def test_that_can_be_read_and_are_others_do_not_count(self, body: str) -> None:
        assert said(look(page(entry(body=body)))) == "absent"

    @pytest.mark.parametrize(
        ("body", "expected"),
        [("Ты не один сегодня.", "same"), ("?? ?? ???? ???????.", "blank"), ("Ty ne odin segodnya.", "unclear"),
         ("Три медленных вдоха, и всё.", "absent"), ("Ты не один сегодня.".encode().decode("latin-1"), "same")],
    )  # fmt: skip
    def test_in_another_script_are_no_others_when_they_are_only_misread(self, body: str, expected: str) -> None:
        outgoing = replace(OUTGOING, rendered=Rendered(text="Ты не один сегодня."))
        assert said(look(page(entry(body=body)), outgoing=outgoing)) == expected

    def test_of_signs_alone_are_compared_as_they_are(self) -> None:
        async def get(_url: str, _query: Any) -> Answer:
            return Answer(status=200, headers={}, body=json.dumps(page(entry(body="🌱 "))))

        outgoing = outgoing_message(Channel.SMS, rendered=Rendered(text="🌱"), first_attempt_at=BEGUN)
        found = asyncio.run(lookup.find(get, URL, outgoing, sender=NUMBER, clock=lambda: ASKED))
        assert said(found) == "same"


class TestTimes:
    @pytest.mark.parametrize(
        "date",
        [
            "2026-11-25T08:30:01Z",
            "2026-11-25T09:30:01+01:00",
            "Wed, 25 Nov 2026 07:30:01 -0100",
            "2026-11-25 08:30:01.5Z",
        ],
    )
    def test_are_read_in_either_form(self, date: str) -> None:
        assert said(look(page(entry(date_created=date)))) == "same"

    @pytest.mark.parametrize("date", [None, ABSENT, "", "today", 1795595401, "2026-11-25", "2026-11-25T08:30:01", {}])
    @pytest.mark.parametrize("body", [OURS, ""])
    def test_that_cannot_be_read_leave_it_unclear(self, date: Any, body: str) -> None:
        assert said(look(page(entry(date_created=date, body=body)))) == "unclear"

    def test_long_before_the_attempt_rule_an_entry_out_and_shortly_before_do_not(self) -> None:
        assert said(look(page(entry(at=-timedelta(minutes=11))))) == "absent"
        assert said(look(page(entry(at=-timedelta(minutes=9))))) == "unclear"  # was the clock set back in between?
        assert said(look(page(entry(at=-timedelta(seconds=4))))) == "same"

    def test_are_by_twilios_clock_not_ours(self) -> None:
        theirs = {"Date": format_datetime(ASKED - timedelta(hours=2), usegmt=True)}
        assert said(look(page(entry(at=-timedelta(hours=2))), headers=theirs)) == "same"

    def test_before_the_attempt_itself_tell_nothing(self) -> None:
        assert cannot_tell(page(), asked=BEGUN - timedelta(minutes=5)) == "clock_went_back"


class TestParties:
    @pytest.mark.parametrize("to", ["+14135550123", "14135550123", "+1 413 555 0123", "001 413-555-0123"])
    def test_are_compared_by_their_digits(self, to: str) -> None:
        assert said(look(page(entry(to=to)))) == "same"

    @pytest.mark.parametrize(
        "to", [None, ABSENT, "", 4135550123, "+1413555XXXX", "+1413*******", "4135550123", "tel:+14135550123"]
    )
    def test_that_are_masked_or_missing_leave_it_unclear(self, to: Any) -> None:
        assert said(look(page(entry(to=to)))) == "unclear"

    @pytest.mark.parametrize("to", ["+14135550199", "+1212555XXXX", "whatever"])
    def test_that_are_others_do_not_count(self, to: str) -> None:
        assert said(look(page(entry(to=to)))) == "absent"

    @pytest.mark.parametrize(
        ("sender", "fields", "expected"),
        [
            (NUMBER, {"from": "15005550006"}, "same"),
            (NUMBER, {"from": "+15005550100"}, "absent"),
            (NUMBER, {"from": None}, "unclear"),
            (NUMBER, {"from": ABSENT}, "unclear"),
            (NUMBER, {"from": "+1500555XXXX"}, "unclear"),
            (NUMBER, {"from": None, "messaging_service_sid": SERVICE}, "absent"),
            (SERVICE, {"from": None, "messaging_service_sid": SERVICE}, "same"),
            (SERVICE, {"from": NUMBER, "messaging_service_sid": SERVICE}, "same"),
            (SERVICE, {"from": None, "messaging_service_sid": None}, "unclear"),
            (SERVICE, {"from": NUMBER, "messaging_service_sid": ABSENT}, "unclear"),
            (SERVICE, {"from": NUMBER, "messaging_service_sid": None}, "absent"),
            (SERVICE, {"messaging_service_sid": "MG" + "c" * 32}, "absent"),
            ("Nudger", {"from": "NUDGER"}, "same"),
            ("Nudger", {"from": "Xenia"}, "absent"),
        ],
    )
    def test_a_sender_counts_as_far_as_it_can_be_read(self, sender: str, fields: dict[str, Any], expected: str) -> None:
        assert said(look(page(entry(**fields)), sender=sender)) == expected


class TestStatus:
    @pytest.mark.parametrize("status", ["failed", "undelivered", "canceled"])
    def test_a_message_that_was_not_sent_is_none_and_its_refusal_is_told(self, status: str) -> None:
        found = look(page(entry(status=status, error_code="21610")))
        assert said(found) == "absent"
        assert found.refused is not None
        assert (found.refused.code, found.refused.effect) == ("21610", Effect.SUPPRESS)

    def test_what_failed_does_not_hide_what_went_out_after_it(self) -> None:
        found = look(page(entry("SM2", at=timedelta(seconds=30)), entry("SM1", status="failed", error_code=30003)))
        assert [receipt.provider_id for receipt in found.same] == ["SM2"]

    @pytest.mark.parametrize("status", ["queued", "sent", "delivered", None, ABSENT, "something new", 5])
    def test_any_other_is_a_message(self, status: Any) -> None:
        assert said(look(page(entry(status=status)))) == "same"


class TestEntries:
    @pytest.mark.parametrize("odd", [None, 5, "SM1", [], {}, {"sid": "SM1"}])
    def test_that_are_no_messages_leave_it_unclear(self, odd: Any) -> None:
        assert said(look(page(odd))) == "unclear"

    @pytest.mark.parametrize("sid", [None, "", 5, "SM 1", ABSENT])
    def test_without_an_id_are_found_nevertheless(self, sid: Any) -> None:
        found = look(page(entry(sid)))
        assert said(found) == "same"
        assert found.same[0].provider_id is None

    def test_that_come_twice_are_one(self) -> None:
        found = look(page(entry(), entry(), following="/2"), page(entry()))
        assert len(found.same) == 1

    @given(
        st.dictionaries(st.sampled_from([*entry(), "x"]), st.none() | st.integers() | st.text() | st.lists(st.none()))
    )
    def test_with_anything_in_them_never_prove_absence_unless_they_are_plainly_others(
        self, fields: dict[str, Any]
    ) -> None:
        found = look(page(entry(**fields)))
        if said(found) == "absent":
            assert fields.keys() & {"to", "from", "body", "date_created", "messaging_service_sid", "status"}
            assert any(isinstance(fields.get(key), str) for key in ("to", "from", "body", "messaging_service_sid"))


class TestPages:
    def test_are_read_until_they_reach_back_to_the_attempt(self) -> None:
        urls: list[str] = []
        old = [entry(f"SM{n}", at=-timedelta(hours=n), body=SIBLING) for n in range(1, 50)]
        assert said(look(page(*old, following="/next"), page(entry("NEW")), urls=urls)) == "absent"
        assert len(urls) == 1

    def test_in_another_order_are_read_to_the_end(self) -> None:
        old = [entry(f"SM{n}", at=-timedelta(hours=n), body=SIBLING) for n in range(1, 50)]
        for order in (old[::-1], Random(7).sample(old, 49), [old[0]], [{**old[0], "date_created": None}, *old[1:]]):
            assert said(look(page(*order, following="/next"), page(entry("NEW")))) == "same"

    @pytest.mark.parametrize(
        "following",
        [
            "https://evil.example.net/2010-04-01/Messages.json",
            "http://api.example.org/2010-04-01/Messages.json",
            "https://api.example.org:8443/x",
            "https://user:pw@api.example.org/x",
            "//evil.example.net/x",
            "https://api.example.org@evil.example.net/x",
            "https://[",
            "file:///etc/passwd",
            "http:evil.example.net",
        ],
    )
    def test_elsewhere_are_not_asked_for(self, following: str) -> None:
        urls: list[str] = []
        assert cannot_tell(page(following=following), page(), urls=urls) == "list_goes_elsewhere"
        assert urls == [URL]

    @pytest.mark.parametrize("following", [URL, "/2010-04-01/Accounts/x/Messages.json?Page=1", "?Page=1"])
    def test_that_go_round_end(self, following: str) -> None:
        assert cannot_tell(page(following=following)) == "list_goes_round"

    def test_without_end_end(self) -> None:
        count = iter(range(10**6))

        async def get(_url: str, _query: Any) -> Answer:
            n = next(count)
            body = json.dumps(page(*[entry(f"SM{n}-{i}", body=SIBLING) for i in range(50)], following=f"/{n}"))
            return Answer(status=200, headers={}, body=body)

        with pytest.raises(DeliveryError) as caught:
            asyncio.run(lookup.find(get, URL, OUTGOING, sender=NUMBER, clock=lambda: ASKED))
        assert caught.value.code == "list_too_long"

    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            ({"messages": []}, "list_cut_short"),  # it does not say that it is the last page
            (page(following=5), "list_cut_short"),
            (page(following=True), "list_cut_short"),
            (page(entry(body=SIBLING), start=0, end=49), "list_cut_short"),
            ({"next_page_uri": None}, "no_list"),
            ({"messages": {}, "next_page_uri": None}, "no_list"),
            ({"messages": None, "next_page_uri": None}, "no_list"),
            ([], "http_200"),
            (None, "http_200"),
        ],
    )
    def test_that_are_not_whole_tell_nothing(self, answer: Any, code: str) -> None:
        assert cannot_tell(answer) == code

    @pytest.mark.parametrize("status", [202, 204, 206, 301, 404, 500])
    def test_with_another_status_tell_nothing(self, status: int) -> None:
        async def get(_url: str, _query: Any) -> Answer:
            return Answer(status=status, headers={}, body=json.dumps(page()))

        with pytest.raises(DeliveryError):
            asyncio.run(lookup.find(get, URL, OUTGOING, sender=NUMBER, clock=lambda: ASKED))


class TestOverTheWire:
    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            (lambda m: m | {"body": ""}, "blank"),
            (lambda m: m | {"date_created": now().strftime("%Y-%m-%dT%H:%M:%SZ")}, "same"),
            (lambda m: m | {"body": normalize("NFC", m["body"])}, "same"),
            (lambda m: m | {"from": None}, "unclear"),
            (lambda _: None, "unclear"),
        ],
    )
    def test_a_message_that_is_there_is_never_absent(self, change: Callable[[Any], Any], expected: str) -> None:
        async def story() -> None:
            async with TwilioStandIn(faults=["drop"]) as twilio:
                twilio.shown = change
                sms = TwilioSms(
                    account_sid=ACCOUNT, auth_token=TOKEN, sender=NUMBER, clock=now, base_url=twilio.url, timeout=ROOMY
                )
                outgoing = outgoing_message(Channel.SMS, rendered=Rendered(text=normalize("NFD", OURS)))
                await failure_of(sms.send(outgoing))
                assert said(await sms.find(outgoing)) == expected
                await sms.close()

        run(story())

    def test_a_base_url_with_a_path_keeps_it(self) -> None:
        sms = TwilioSms(
            account_sid=ACCOUNT, auth_token=TOKEN, sender=NUMBER, clock=now, base_url="https://x.example.org/api/laml/"
        )
        urls: list[str] = []

        async def request(_method: str, url: str, **values: Any) -> Answer:
            urls.append(url)
            assert parse_qs(urlsplit(url).query) or values["params"]
            return Answer(
                status=200,
                headers={},
                body=json.dumps(page(following=f"/api/laml/2010-04-01/Accounts/{ACCOUNT}/Messages.json?Page=1"))
                if len(urls) == 1
                else json.dumps(page()),
            )

        sms._http.request = request  # type: ignore[method-assign]
        assert said(run(sms.find(outgoing_message(Channel.SMS)))) == "absent"
        assert all(url.startswith("https://x.example.org/api/laml/2010-04-01/Accounts/") for url in urls)
