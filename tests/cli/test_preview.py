"""What preview shows of nudges that go out, wait, and are held back: as a table, as data, as a calendar, as a page."""

import json
from datetime import date, timedelta
from html.parser import HTMLParser

import icalendar
import pytest
from click.testing import CliRunner
from freezegun import freeze_time

from nudger.cli import nudger
from nudger.cli.calendar_file import calendar_file
from nudger.decisions.snapshot import build_snapshot
from nudger.domain.catalog import Catalog
from nudger.domain.limits import Limits
from nudger.domain.messages import EmailText
from nudger.domain.recipients import DEFAULT_QUIET_HOURS, HardDay, OnHardDay, Pause
from nudger.domain.schedules import Priority
from nudger.prose.week_page import week_page
from nudger.use_cases.preview import preview
from tests.homes import write_short_starter
from tests.make import WORDS, make_message, make_recipient, make_schedule, utc

SINCE = utc("2026-11-23 00:00")
FIRST, LAST = date(2026, 11, 23), date(2026, 12, 4)
MESSAGES = tuple(make_message(f"m{n}") for n in range(40))
SCHEDULES = (
    make_schedule("first"),
    make_schedule("second", at="09:00"),
    make_schedule("urgent", at="10:00", priority=Priority.HIGH),
    make_schedule("owl", at="22:30", grace=timedelta(hours=12)),
)


def look(*, people=None, schedules=SCHEDULES, messages=MESSAGES, first=FIRST, last=LAST, limits=None):
    people = people or [make_recipient(quiet_hours=DEFAULT_QUIET_HOURS)]
    catalog = Catalog(
        schedules=tuple(schedules), messages=tuple(messages), limits=limits or Limits(per_day=2, gentle_days=0)
    )
    snapshot = build_snapshot(catalog, people, words=WORDS, seed="s", installation="i")
    return preview(snapshot, since=SINCE, first=first, last=last, histories={}), people


def page(coming, people, *, first=FIRST, last=LAST):
    return week_page(coming, people, name="nudger", since=SINCE, first=first, last=last)


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    write_short_starter(folder, time_zone="America/New_York")
    for path in (folder / "schedules").iterdir():
        path.unlink()
    (folder / "schedules" / "all.yaml").write_text(
        'schedules:\n  - {id: owl, to: everyone, when: {at: "22:30"}, late: 12 hours}\n'
        '  - {id: night, to: everyone, when: {at: "23:30"}, late: 30 minutes}\n'
        '  - {id: gap, to: everyone, when: {at: "02:30"}, late: 24 hours}\n'
    )
    return folder


def show(home, *words):
    with freeze_time("2027-03-13 12:00:00"):
        done = CliRunner().invoke(nudger, ["--config", str(home), "preview", "--days", "2", *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_table_says_what_is_held_what_waits_and_what_a_clock_change_moves(home):
    lines = [line for line in show(home).splitlines() if line.strip()]
    night = next(line for line in lines if "night" in line)
    assert night.split() == ["23:30", "–", "night", "held:", "quiet", "hours", "21:00-08:00"]
    owl = next(line for line in lines if "owl" in line)
    assert "waits until Sun 14 Mar 08:00: quiet hours 21:00-08:00" in owl
    gap = next(line for line in lines if line.startswith("Sun 14 Mar"))
    assert gap.split()[3:6] == ["03:00", "email", "gap"]
    assert "02:30 does not exist on 2027-03-14, so it is 03:00" in gap


def test_the_data_say_when_it_goes_out_and_in_how_many_sms(home):
    rows = {(row["schedule"], row["date"]): row for row in json.loads(show(home, "--format", "json"))}
    owl, night = rows["owl", "2027-03-13"], rows["night", "2027-03-13"]
    assert (owl["state"], owl["due"], owl["goes_out"]) == ("pending", "2027-03-14T03:30:00Z", "2027-03-14T12:00:00Z")
    assert owl["not_before"] == owl["goes_out"]
    assert owl["segments"] is None
    assert (night["state"], night["goes_out"], night["reason"]) == ("withheld", None, "quiet hours 21:00-08:00")


def test_the_command_writes_the_page(home):
    assert show(home, "--format", "html").startswith("<!doctype html>\n<html lang")


def test_a_calendar_holds_what_goes_out_at_the_moment_at_which_it_does():
    coming, _ = look()
    events = icalendar.Calendar.from_ical(calendar_file(coming, name="nudger")).walk("VEVENT")
    assert [event.start for event in events] == [each.goes_out for each in coming if each.goes_out]
    assert 0 < len(events) < len(coming)
    assert len({str(event["UID"]) for event in events}) == len(events)


def test_a_calendar_event_keeps_its_uid_when_the_words_change():
    uids = [
        [str(event["UID"]) for event in icalendar.Calendar.from_ical(calendar_file(coming, name="n")).walk("VEVENT")]
        for coming in (look()[0], look(messages=[make_message(f"x{n}") for n in range(50)])[0])
    ]
    assert uids[0] == uids[1]


class Outline(HTMLParser):
    """Every tag is closed in its turn; collects headings, links and ids."""

    VOID = frozenset({"meta", "br"})

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.ids, self.targets = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        found = dict(attrs)
        self.ids += [found["id"]] if "id" in found else []
        self.targets += [found["href"]] if "href" in found else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_stands_alone_and_is_well_formed():
    coming, people = look()
    text = page(coming, people)
    outline = Outline(text)
    assert outline.tags.count("h1") == 1
    assert outline.tags.count("h3") == 2  # two weeks
    assert outline.tags.count("details") == 1  # and all in full, when it is asked for
    assert not {"script", "img", "link", "iframe"} & set(outline.tags)
    assert "http" not in text
    assert "url(" not in text
    assert len(set(outline.ids)) == len(outline.ids)
    assert {target.removeprefix("#") for target in outline.targets} <= set(outline.ids)


def test_the_page_marks_holidays_hard_days_and_pauses_and_says_why_things_are_held():
    person = make_recipient(
        region="US",
        quiet_hours=DEFAULT_QUIET_HOURS,
        pauses=(Pause(first=date(2026, 12, 3), last=date(2026, 12, 4)),),
        hard_days=(
            HardDay(month=12, day=1, then=OnHardDay.GENTLE),
            HardDay(month=12, day=2, then=OnHardDay.HOLD),
        ),
    )
    text = page(*look(people=[person]))
    for mark in (
        "Thanksgiving",
        "paused until 2026-12-04",
        "a hard day: nothing is sent",
        "a hard day: only gentle words",
    ):
        assert f"<li>{mark}" in text
    assert "Held: at most 2 a day, and urgent matters more." in text
    assert "High priority." in text
    assert "Held: paused until 2026-12-04." in text


def test_the_page_says_how_many_sms_a_text_makes():
    person = make_recipient(email=None)
    long = [make_message(f"m{n}", sms="word " * 40) for n in range(9)]
    assert "SMS, 2 segments" in page(*look(people=[person], messages=long, last=FIRST), last=FIRST)


NASTY = "<script>alert(1)</script> & \"quoted\" 'too'"


def test_whatever_the_files_say_the_page_shows_it_as_words():
    people = [make_recipient("s<b>", name=NASTY, email=None), make_recipient("kim", name=NASTY, sms=None)]
    nasty = [
        make_message(f"m{n}", sms=NASTY, email=EmailText(subject=NASTY, body=f"{NASTY}\n\nMore.\nAnd more."))
        for n in range(20)
    ]
    coming, _ = look(people=people, messages=nasty)
    text = week_page(coming, people, name=NASTY, since=SINCE, first=FIRST, last=LAST)
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;quoted&#34; &#39;too&#39;" in text
    assert "<p>More.<br>And more.</p>" in text
    Outline(text)


@pytest.mark.parametrize("people", [[], [make_recipient()]])
def test_a_page_without_nudges_says_so(people):
    text = page([], people)
    assert ("Nothing is planned" if people else "nobody to send to") in text
    Outline(text)
