"""A remedy is tried before it is said: whoever follows one is never told next that it is wrong, too."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from nudger.config.catalog import read_configuration
from nudger.config.flaws import Flaw, as_written, remedy, tried
from nudger.config.values import dates, recurrences, scalars, zones
from nudger.proofread.words import note_remarks

HERE = Path(__file__).parent
BAD = sorted(path for kind in ("schedules", "messages", "recipients") for path in HERE.glob(f"bad/{kind}/*.yaml"))
_LITERAL = (
    re.compile(r"Did you mean '([^']+)'\?"),
    re.compile(r"Write '([a-z0-9-]+)'\."),
    re.compile(r"^Write (\[[^\]]*\]|\"[^\"]*\"|\{[^}]*\}|[^\s\"\[{][^.\"]*?)( \(year-month-day\))?\.$"),
    re.compile(r"\. Write ([^\s\"\[{.]+)\.$"),
)
_IN_GENERAL = re.compile(
    r"^Write (a |an |it |one |hours|year|month|some|mon, |yes or|key: |everyone, |or|ordinary|lib|and)| or | as in |, if "
    r"|, from|Write (\{key|\[one|the)"
)


def check(folder):
    reading = read_configuration(folder, folder / "recipients.yaml", today=date(2026, 11, 25), proofread=note_remarks)
    return [problem for problem in reading.problems if not problem.warning]


def write_down(folder, kind, name):
    for each in ("schedules", "messages"):
        (folder / each).mkdir()
        shutil.copy(HERE / "good" / f"{each}.yaml", folder / each / "base.yaml")
    shutil.copy(HERE / "good" / "recipients.yaml", folder / "recipients.yaml")
    return folder / "recipients.yaml" if kind == "recipients" else folder / kind / name


def proposal(problem):
    """Return what a problem says to write in the underlined place; None where it speaks in general."""
    if _IN_GENERAL.search(problem.expected) or "goes on" in problem.what:
        return None
    return next((match[1] for pattern in _LITERAL if (match := pattern.search(problem.expected))), None)


@pytest.mark.parametrize("bad", BAD, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_remedy_that_is_followed_mends_what_it_is_for(bad, tmp_path):
    path = write_down(tmp_path, bad.parent.name, bad.name)
    source = bad.read_bytes()
    path.write_bytes(source)
    before = [problem for problem in check(tmp_path) if problem.file == str(path)]
    for problem in before:
        text = proposal(problem)
        if text is None or not problem.line:
            continue
        lines = source.decode().split("\n")
        line = lines[problem.line - 1]
        width = min(len(line), problem.width)
        lines[problem.line - 1] = line[: problem.column - 1] + text + line[problem.column - 1 + width :]
        path.write_text("\n".join(lines))
        after = [each for each in check(tmp_path) if each.file == str(path)]
        said = {(each.line, each.what) for each in before}
        new = [
            each
            for each in after
            if (each.line, each.column) == (problem.line, problem.column)
            and (each.line, each.what) not in said
            and "second time" not in each.what  # a name may be taken
        ]
        again = [each for each in after if (each.line, each.column, each.what) == problem_place(problem)]
        assert not new, (problem, text, new)
        assert not again, (problem, text)


def problem_place(problem):
    return problem.line, problem.column, problem.what


def test_what_is_refused_is_not_proposed():
    assert tried(scalars.wall_time, ["25:00", "8.30", "08:30", "09:00"]) == "08:30"
    assert tried(scalars.wall_time, ["25:00"]) is None
    assert remedy(scalars.wall_time, ["25:00"], "Write a time.") == "Write a time."
    assert remedy(scalars.wall_time, ["08:30"]) == 'Write "08:30".'


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("mon", "mon"),
        ("2 weeks", "2 weeks"),
        ("2026-12-24", "2026-12-24"),
        ("12-24", "12-24"),
        ("08:30", '"08:30"'),
        ("15", '"15"'),
        ("+44", '"+44"'),
    ],
)
def test_what_needs_quotes_is_shown_with_them(text, written):
    assert as_written(text) == written


@pytest.mark.parametrize(
    ("read", "text", "meant"),
    [
        *[
            (recurrences.day_rule, text, "weekdays")
            for text in ("mon-fri", "Mon–Fri", "Monday to Friday", "lunes a viernes")
        ],
        *[(recurrences.day_rule, text, "weekends") for text in ("sat-sun", "weekend", "Sat – Sun")],
        *[(recurrences.day_rule, text, "daily") for text in ("every day", "mon-sun", "everyday", "all days")],
        *[(recurrences.day_rule, text, "monday") for text in ("lunes", "Mondays", "every monday", "Mon.", "montag")],
        (recurrences.day_rule, "mon-thu", "[mon, tue, wed, thu]"),
        (recurrences.day_rule, "fri to mon", "[fri, sat, sun, mon]"),
        (recurrences.day_rule, "mon, wed", "[mon, wed]"),
        (recurrences.day_rule, "sat/sun", "[sat, sun]"),
        (recurrences.day_rule, "mon - wed, sat", "[mon, tue, wed, sat]"),
        (recurrences.day_rule, "monday first", "first monday"),
        (recurrences.day_rule, "bank holidays", "public holidays"),
        *[(scalars.wall_time, text, '"08:30"') for text in ("8.30", "8h30", "830", "8:30 am", "08.30 Uhr", "8：30")],
        *[(scalars.wall_time, text, '"20:00"') for text in ("20h", "8pm", "8 p.m.", "20 uhr", "20.00")],
        (scalars.wall_time, "noon", '"12:00"'),
        (scalars.time_or_moment, "mornings", "morning"),
        (scalars.time_or_moment, "bedtime", "night"),
        *[
            (scalars.quiet_hours, text, '"21:00-08:00"')
            for text in ("21-8", "9pm to 8am", "21.00–8.00", "from 21h until 8h")
        ],
        (scalars.quiet_hours, "no", "none"),
        (scalars.duration, "half an hour", "30 minutes"),
        (scalars.duration, "two hours", "2 hours"),
        (scalars.duration, "1.5 hours", "90 minutes"),
        (recurrences.every, "fortnight", "2 weeks"),
        (recurrences.every, "other day", "2 days"),
        (scalars.length_in_days, "a week", "1 week"),
        *[
            (scalars.calendar_date, text, "2026-12-24 (year-month-day)")
            for text in ("24.12.2026", "12/24/2026", "20261224")
        ],
        (scalars.calendar_date, "December 24th, 2026", "2026-12-24 (year-month-day)"),
        (dates.exception, "Christmas", "12-25"),
        (dates.exception, "2026-12-20 – 2027-01-03", "2026-12-20 to 2027-01-03"),
        (dates.exception, "20 Dec 2026 to 3 Jan 2027", "2026-12-20 to 2027-01-03"),
        (dates.pause, "till 2027-01-03", "until 2027-01-03"),
        (scalars.month, "Nov 2027", "2027-11"),
        (scalars.language, "English", "en"),
        (scalars.language, "en_US.UTF-8", "en-US"),
        (scalars.language, "eng", "en"),
        (scalars.yes_or_no, "on", "yes"),
        (scalars.everyone, "everybody", "everyone"),
        (scalars.identifier, "Straße 1", "'strasse-1'"),
        (scalars.identifier, "sаm", "'sam'"),  # the second letter is Cyrillic
    ],
)
def test_other_words_for_it_are_known(read, text, meant):
    with pytest.raises(Flaw) as flaw:
        read(text)
    assert flaw.value.expected.endswith(f"Write {meant}.")


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (scalars.calendar_date, "1/5/2026"),  # May or January
        (scalars.calendar_date, "tomorrow"),
        (scalars.identifier, "сэм"),
        (scalars.identifier, "日本"),
        (zones.time_zone, "America/Springfield"),
        (recurrences.day_rule, "1-5"),
    ],
)
def test_nothing_is_guessed(read, text):
    with pytest.raises(Flaw) as flaw:
        read(text)
    assert not re.search(r"Did you mean|Write '?[a-z]+'?\.|Write 20", flaw.value.expected)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("America/Boston", "America/New_York"),
        ("Eastern", "America/New_York"),
        ("Europe/Munich", "Europe/Berlin"),
        ("Europe/Lyon", "Europe/Paris"),
        ("america/new york", "America/New_York"),
        ("Europe/Berln", "Europe/Berlin"),
        ("Asia/Kolkatta", "Asia/Kolkata"),
        ("PST", "America/Los_Angeles"),
    ],
)
def test_a_zone_is_proposed_for_its_place_and_never_for_its_spelling_alone(text, zone):
    with pytest.raises(Flaw) as flaw:
        zones.time_zone(text)
    assert flaw.value.expected == f"Did you mean '{zone}'?"
