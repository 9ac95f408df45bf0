"""`nudger why`: a morning as it was lived through, asked about afterwards."""

import asyncio
import json
from datetime import UTC, datetime
from random import Random

import pytest
from click.testing import CliRunner
from freezegun import freeze_time

from nudger.cli import nudger
from nudger.config.catalog import load_catalog
from nudger.config.settings.read import load_settings
from nudger.domain.vocabulary import Channel
from nudger.errors import DeliveryError, Effect
from nudger.storage.thread import LedgerThread
from nudger.use_cases.deliver_nudges import Delivery
from nudger.use_cases.serve import Service
from nudger.wiring.ledger import open_ledger
from nudger.wiring.reading import make_snapshot
from tests.fakes import FakeChannel, FakeClock
from tests.make import utc

SCHEDULES = """\
schedules:
  - id: early
    about: A kind thought before the day begins.
    to: everyone
    when: {days: daily, at: "08:00"}
    late: up to 2 hours
  - id: morning
    about: One kind thought.
    to: everyone
    when: {days: daily, at: "10:00"}
  - id: by-text
    to: everyone
    when: {days: daily, at: "11:00"}
    channel: sms
  - id: noon
    about: A minute in the middle of the day.
    to: everyone
    when: {days: daily, at: "12:00"}
  - id: afternoon
    to: everyone
    when: {days: daily, at: "15:00"}
  - id: evening
    about: Something for the evening.
    to: everyone
    when: {days: daily, at: "18:00"}
"""
MESSAGES = "library: kind\nlanguage: en\nmessages:\n" + "".join(
    f"""\
  - id: {name}
    component: self-kindness
    practice: {practice}
    sms: As kind to yourself as to a friend, today.
    email: {{subject: A kind thought, body: "You could be as kind to yourself today as to a friend."}}
"""
    for name, practice in (
        ("friend", "self-talk"),
        ("breath", "mindfulness"),
        ("walk", "self-care"),
        ("tea", "self-care"),
        ("hand", "self-talk"),
        ("call", "support"),
    )
)
HELLO = """\
library: welcome
purpose: welcome
messages:
  - id: hello
    component: self-kindness
    practice: support
    sms: "Hello, this is {service}. STOP to stop."
    email: {subject: Hello, body: "Hello, this is {service}. You can stop at any time."}
"""
PEOPLE = """\
recipients:
  - id: sam
    time_zone: UTC
    email: sam@example.org
    quiet_hours: 21:00-09:00
    joined: 2026-01-01
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    for name, text in (("schedules/day.yaml", SCHEDULES), ("messages/kind.yaml", MESSAGES)):
        (folder / name).parent.mkdir()
        (folder / name).write_text(text)
    (folder / "recipients.yaml").write_text(PEOPLE)
    (folder / "nudger.env").write_text(f"NUDGER_STATE_DIR={folder}/var\n")
    asyncio.run(live(folder))
    return folder


async def live(folder):
    """Wait out quiet hours, send one, be down at noon, lose one in mid-send; the evening is yet to come."""
    settings = load_settings(config_dir=folder)
    clock, email = FakeClock(utc("2026-11-23 07:00")), FakeChannel()
    ledger = open_ledger(settings)
    thread = LedgerThread(ledger)
    deliveries = [Delivery(Channel.EMAIL, email, thread, clock=clock, rng=Random(1))]
    service = Service(thread, deliveries, make_snapshot=make_snapshot(settings, ledger.installation), clock=clock)
    await service.reload(load_catalog(folder, settings.recipients_file))
    for moment in ("08:00", "09:00", "10:00", "10:02", "11:00", "13:30", "15:00"):
        clock.now = utc(f"2026-11-23 {moment}")
        if moment == "10:00":
            email.script = [DeliveryError("421", Effect.TRY_AGAIN)]
        if moment == "15:00":
            email.script = [DeliveryError("timeout", Effect.UNCERTAIN)]
        await service.tick()
        await service.settle()
    thread.close()


def ask(home, *words, at="2026-11-23 16:00"):
    with freeze_time(datetime.fromisoformat(at).replace(tzinfo=UTC)):
        return CliRunner().invoke(nudger, ["--config", str(home), "why", *words])


def told(home, *words):
    done = ask(home, *words)
    assert done.exit_code == 0, done.output
    return done.output


def part(text, time):
    """The lines about the nudge that was due at a time."""
    lines = text.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith(time))
    last = next((n for n in range(first + 1, len(lines)) if not lines[n].startswith(" ")), len(lines))
    return "\n".join(lines[first:last])


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ("08:00", ["sent by email: kind/", "A kind thought before the day begins.", "waited for: quiet hours 21:00-09:00",
                   "went out 1 hour after it was due", "it may go out up to 2 hours later"]),
        ("10:00", ["sent by email", "try 1 by fake", "to be tried again (421)", "try 2 by fake", "accepted",
                   "6 messages fitted", "1 seen before", "the same choice"]),
        ("11:00", ["not sent: no address for sms", "it did not come to choosing", "nothing was drawn"]),
        ("12:00", ["missed: fell due while the service was down"]),
        ("15:00", ["may have been sent by email", "nobody knows (timeout)", "no answer: it may have gone out"]),
        ("18:00", ["to be sent by email", "Something for the evening.", "not decided yet"]),
    ],
)  # fmt: skip
def test_a_day_is_told_slot_by_slot(home, time, words):
    found = part(told(home, "sam"), time)
    for word in words:
        assert word in found, found


def test_a_day_to_come_is_foreseen(home):
    text = told(home, "sam", "2026-11-25")
    assert text.startswith("sam, Wednesday 25 November 2026 (UTC): 6 nudges")
    assert "not decided yet" in part(text, "10:00")


def test_a_day_without_anything_says_so(home):
    assert "nothing was or will be due" in told(home, "sam", "2026-11-01")


def test_one_nudge_is_found_by_the_beginning_of_its_id(home):
    records = json.loads(told(home, "sam", "--format", "json"))
    sent = next(each for each in records if each["schedule"] == "morning")
    assert sent["replay"]["agrees"] is True
    assert [event["kind"] for event in sent["events"]] == ["pending", "sending", "pending", "sending", "sent"]
    assert json.loads(told(home, sent["nudge"][:10], "--format", "json")) == [sent]
    assert sent["nudge"] in told(home, sent["nudge"][:10])


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["nobody"], "neither a person nor a nudge here"),
        (["0123456789"], "no nudge here has an id that begins with"),
    ],
)
def test_what_is_not_here_is_said_so(home, words, answer):
    done = ask(home, *words)
    assert done.exit_code != 0
    assert answer in str(done.exception)


@pytest.mark.parametrize("stopped", [False, True])
def test_a_first_hello_that_waits_for_tomorrow_says_so_and_one_to_a_stopped_address_comes_to_nothing_once(
    tmp_path, stopped
):
    texts = {"schedules/day.yaml": SCHEDULES, "messages/kind.yaml": MESSAGES, "messages/welcome.yaml": HELLO}
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "recipients.yaml").write_text(PEOPLE)
    with freeze_time("2026-11-23 22:30"):
        if stopped:
            CliRunner().invoke(nudger, ["--config", str(tmp_path), "recipients", "stop", "sam"])
        seen = CliRunner().invoke(nudger, ["--config", str(tmp_path), "preview", "--days", "3"]).output
    hello = part(ask(tmp_path, "sam", at="2026-11-23 22:30").output, "22:30")
    if stopped:
        assert "will not be sent: this address may not be used" in hello
        assert seen.count("welcome") == 1
    else:
        assert "to be sent at Tue 24 Nov 09:00 by email: welcome/hello" in hello
        assert hello.count("quiet hours") == 1
