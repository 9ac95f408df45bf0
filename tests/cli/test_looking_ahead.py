"""What is to come is one answer: preview, why, explain, status and the first screen, before a start and after it."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from click.testing import CliRunner
from freezegun import freeze_time

from nudger.cli import nudger
from nudger.config.catalog import load_catalog
from nudger.config.settings.read import load_settings
from nudger.storage.thread import LedgerThread
from nudger.use_cases.outlook import next_in_service
from nudger.use_cases.serve import Service
from nudger.wiring.clock import clock
from nudger.wiring.ledger import open_ledger
from nudger.wiring.reading import make_snapshot
from nudger.wiring.sending import make_channels, make_deliveries

NOW = "2026-11-25 23:00"
FILES = {
    "schedules/all.yaml": """\
schedules:
  - {id: daily, to: everyone, when: {at: "09:00"}, late: 1 hour}
  - id: course
    to: everyone
    when: {programme: [{days: 1-3}], at: "17:00"}
""",
    "schedules/limits.yaml": "limits: {per_day: 2, per_week: 8, gap: 3 hours}\n",
    "messages/welcome.yaml": """\
library: welcome
language: en
purpose: welcome
messages:
  - id: hello
    component: self-kindness
    practice: support
    sms: "Hello, this is {service}. STOP stops it."
    email: {subject: A small hello, body: "Hello, this is {service}. {crisis_line}"}
""",
    "messages/kind.yaml": "library: kind\nlanguage: en\nmessages:\n"
    + "".join(
        f"  - {{id: m{n}, component: self-kindness, practice: self-talk, intensity: gentle, sms: Words {n}., "
        f"email: {{subject: Subject {n}, body: Words {n}.}}}}\n"
        for n in range(30)
    ),
    "recipients.yaml": """\
recipients:
  - {id: ana, time_zone: UTC, email: ana@example.org}
  - {id: bo, time_zone: UTC, email: bo@example.org, joined: 2026-12-15}
""",
}


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "nudger.env").write_text(f"NUDGER_STATE_DIR={folder}/var\n")
    return folder


def ask(home, *words, at=NOW, code=0):
    with freeze_time(at):
        done = CliRunner().invoke(nudger, ["--config", str(home), *words])
    assert done.exit_code == code, done.output
    return done.stdout if code == 0 else str(done.exception)


def rows(home, *words, **values):
    return json.loads(ask(home, "preview", "--format", "json", *words, **values))


def run(home, at, until):
    """Run the service's own parts over frozen time, a look every five minutes; return what its screen says is next."""

    async def live():
        with freeze_time(at, real_asyncio=True) as frozen:
            settings = load_settings(config_dir=home)
            ledger = open_ledger(settings)
            thread = LedgerThread(ledger)
            channels = make_channels(settings, show=None)
            service = Service(
                thread,
                make_deliveries(channels, thread),
                make_snapshot=make_snapshot(settings, ledger.installation),
                clock=clock,
            )
            await service.reload(load_catalog(settings.config_dir, settings.recipients_file))
            while True:
                await service.tick()
                await service.settle()
                if clock() >= datetime.fromisoformat(until).replace(tzinfo=UTC):
                    break
                frozen.tick(timedelta(minutes=5))
            coming = next_in_service(ledger.run, service.snapshot, count=3, within=timedelta(days=8), now=clock())
            thread.close()
            return [(each.recipient.id, each.slot.schedule, each.goes_out) for each in coming]

    return asyncio.run(live())


def test_the_first_hello_is_shown_before_the_first_start_and_while_it_waits(home):
    before = rows(home, "--days", "3")
    hello = before[0]
    assert (hello["recipient"], hello["schedule"], hello["text"]) == (
        "ana",
        "welcome",
        "Hello, this is nudger. If you need someone now: see findahelpline.com.",
    )
    assert (hello["due"], hello["goes_out"]) == ("2026-11-25T23:00:00Z", "2026-11-26T08:00:00Z")
    # It takes its room: three hours to the next one.
    daily = next(row for row in before if row["schedule"] == "daily")
    assert (daily["date"], daily["reason"]) == ("2026-11-26", "at least 3 h after another")
    run(home, NOW, "2026-11-25 23:10")
    after = rows(home, "--days", "3", at="2026-11-25 23:11")
    assert after == before


def test_every_way_of_showing_it_shows_the_hello(home):
    assert 'welcome  "A small hello"' in ask(home, "preview")
    assert "waits until Thu 26 Nov 08:00: quiet hours 21:00-08:00" in ask(home, "preview")
    assert "A small hello" in ask(home, "preview", "--format", "html")
    events = icalendar.Calendar.from_ical(ask(home, "preview", "--format", "ics")).walk("VEVENT")
    assert next(str(event["SUMMARY"]) for event in events) == "welcome (ana, email)"
    assert "(the first hello)" in ask(home, "why", "ana")


def test_nobody_gets_anything_before_the_day_they_join(home):
    for words in ((), ("--from", "2026-11-26")):
        shown = rows(home, *words, "--to", "2026-12-19")
        theirs = [row for row in shown if row["recipient"] == "bo"]
        assert theirs[0]["schedule"] == "welcome"
        assert theirs[0]["goes_out"] == "2026-12-15T08:00:00Z"
        assert min(row["date"] for row in theirs) == "2026-12-15"
        assert [row["date"] for row in theirs if row["schedule"] == "course"] == [
            "2026-12-16",
            "2026-12-17",
            "2026-12-18",
        ]


def test_all_screens_name_the_same_next_nudges(home):
    screen = run(home, NOW, "2026-11-25 23:10")
    at = "2026-11-25 23:10"
    shown = [
        (row["recipient"], row["schedule"], datetime.fromisoformat(row["goes_out"]))
        for row in sorted(rows(home, "--days", "9", at=at), key=lambda row: row["goes_out"] or "9")
        if row["goes_out"]
    ]
    status = [
        (row["recipient"], row["schedule"], datetime.fromisoformat(row["goes_out"]))
        for row in json.loads(ask(home, "status", "--format", "json", at=at))["next"]
    ]
    assert screen == shown[:3]
    assert status == shown[:8]
    assert "  welcome  ana  (in 8 h 50 min; quiet hours 21:00-08:00)" in ask(home, "status", at=at)
    explained = ask(home, "explain", "daily", "--recipient", "ana", at=at)
    assert "Thu 26 Nov 2026  09:00  (held: at least 3 h after another)" in explained
    assert "will not be sent: at least 3 h after another" in ask(home, "why", "ana", "tomorrow", at=at)


def test_days_before_today_are_shown_as_they_would_have_been(home):
    text = ask(home, "preview", "--from", "2020-01-01", "--to", "2020-01-03")
    assert text.startswith("As it would have been, by the files as they are now (what was sent: nudger why ID DATE):")
    assert "bo" not in {row["recipient"] for row in rows(home, "--from", "2020-01-01", "--to", "2020-01-03")}
    both = rows(home, "--from", "2026-11-24", "--to", "2026-11-27", at="2026-11-25 12:00")
    assert {
        row["would_have_been"] for row in both if row["due"] <= "2026-11-25T12:00:00Z" and row["schedule"] != "welcome"
    } == {True}
    assert "To come:" in ask(home, "preview", "--from", "2026-11-24", "--to", "2026-11-27", at="2026-11-25 12:00")


def test_what_limits_hold_back_is_summed_up(home):
    assert "go out; 1 held: at least 3 h after another" in ask(home, "preview", "--days", "3")


def test_a_hello_has_its_day_in_its_heading(home):
    run(home, NOW, "2026-11-26 12:05")
    told = [
        each
        for each in json.loads(ask(home, "why", "ana", "--format", "json", at="2026-11-26 12:10"))
        if each["state"] != "foreseen"
    ]
    assert [each["schedule"] for each in told] == ["daily"]  # the hello fell due the day before
    told = json.loads(ask(home, "why", "ana", "yesterday", "--format", "json", at="2026-11-26 12:10"))
    hello = next(each for each in told if each["schedule"] == "welcome")
    assert "Wednesday 25 November 2026" in ask(home, "why", hello["nudge"][:10], at="2026-11-26 12:10")


@pytest.mark.parametrize(
    ("word", "day"), [("yesterday", "Tuesday 24"), ("today", "Wednesday 25"), ("tomorrow", "Thursday 26")]
)
def test_a_day_may_be_named_by_a_word(home, word, day):
    assert f"ana, {day} November 2026" in ask(home, "why", "ana", word)


def test_a_day_that_is_none_is_wrong_usage(home):
    with freeze_time(NOW):
        done = CliRunner().invoke(nudger, ["--config", str(home), "why", "ana", "someday"])
    assert done.exit_code == 2
    assert "write 2027-01-03, yesterday, today or tomorrow" in done.output


@pytest.mark.parametrize("command", ["preview", "status", "why"])
def test_where_the_ledger_is_lost_nothing_is_told_as_if_nothing_had_been(home, command):
    run(home, NOW, "2026-11-25 23:05")
    for path in (home / "var").glob("nudger.db*"):
        path.unlink()
    words = (command, "ana") if command == "why" else (command,)
    assert "says that there was a history" in ask(home, *words, code=1)


def test_on_hold_the_preview_says_so(home):
    run(home, NOW, "2026-11-25 23:05")
    ask(home, "hold")
    assert ask(home, "preview").startswith("Everything is on hold: nothing of this goes out until `nudger release`.")
