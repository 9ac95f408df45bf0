"""What somebody writes in their first hour, and what `nudger check` says: as a colleague would, with what to write.

`python -m tests.config.test_first_mistakes` prints them all.
"""

import tempfile
from datetime import date
from pathlib import Path

import pytest

from nudger.config.catalog import read_configuration
from nudger.config.report import headline_of
from nudger.proofread.words import note_remarks

SCHEDULE = "schedules:\n  - id: morning\n    to: everyone\n    when: {days: weekdays, at: morning}\n"
MESSAGE = "library: kind\nmessages:\n  - id: hello\n    component: self-kindness\n    practice: self-talk\n    sms: Breathe.\n    email: {subject: Hello, body: Breathe.}\n"
PERSON = "recipients:\n  - id: sam\n    name: Sam\n    time_zone: Europe/Berlin\n    email: sam@example.org\n"
KINDS = {"schedules/ours.yaml": SCHEDULE, "messages/kind.yaml": MESSAGE, "recipients.yaml": PERSON}

MISTAKES = [
    (
        "schedules/ours.yaml",
        ("weekdays", "Mon-Fri"),
        "4:18: 'Mon-Fri' is no day (schedules › morning › when › days). Write weekdays.",
    ),
    (
        "schedules/ours.yaml",
        ("at: morning", "at: 8.30am"),
        "4:32: '8.30am' is no time of day (schedules › morning › when › at). Write \"08:30\".",
    ),
    (
        "schedules/ours.yaml",
        ("at: morning", "at: 9-11"),
        '4:32: \'9-11\' is no time of day (schedules › morning › when › at). Write between: ["09:00", "11:00"] in place of `at`.',
    ),
    (
        "schedules/ours.yaml",
        ("everyone", "all"),
        "3:9: 'all' is nobody (schedules › morning › to). Write everyone.",
    ),
    (
        "schedules/ours.yaml",
        ("id: morning", "id: Morning Kindness"),
        (
            "2:9: 'Morning Kindness' is no id (schedules › Morning Kindness › id). Small letters, digits and hyphens, at most 60. "
            "Write 'morning-kindness'."
        ),
    ),
    (
        "schedules/ours.yaml",
        ("days: weekdays", "day: monday"),
        (
            "4:12: 'day' is no key here (schedules › morning › when). Known: days, at, jitter, spread, between, times, apart, every, "
            "dates, programme, except, cron, rrule, starts, ends. Did you mean 'days'?"
        ),
    ),
    (
        "schedules/ours.yaml",
        ("    when:", "    ends: 2027-01-01\n    when:"),
        (
            "4:5: 'ends' is no key here (schedules › morning). Known: id, about, to, when, send, only_if, skip_if, channel, late, "
            "priority, missed, held. It belongs into `when`."
        ),
    ),
    (
        "schedules/ours.yaml",
        ("at: morning}", "at: morning, late: 1 hour}"),
        (
            "4:41: 'late' is no key here (schedules › morning › when). Known: days, at, jitter, spread, between, times, apart, every, "
            "dates, programme, except, cron, rrule, starts, ends. It belongs beside `when`, not into it."
        ),
    ),
    (
        "schedules/ours.yaml",
        ("at: morning}", "at: morning}\n    send: {libary: kind, at: night}"),
        (
            "5:12: 'libary' is no key here (schedules › morning › send). Known: libraries, components, practices, situations, "
            "intensities, messages, in_order. Did you mean 'libraries'?"
        ),
    ),
    (
        "schedules/ours.yaml",
        ("at: morning}", "at: morning}\n    send: {at: night}"),
        (
            "5:12: 'at' is no key here (schedules › morning › send). Known: libraries, components, practices, situations, "
            "intensities, messages, in_order. It belongs into `when`."
        ),
    ),
    (
        "recipients.yaml",
        ("email: sam", "channel: sms\n    email: sam"),
        (
            "5:5: 'channel' is no key here (recipients › sam). Known: id, name, time_zone, sms, email, prefer, language, groups, moments, "
            "quiet_hours, joined, place, weekend, pause, hard_days, limits, goals, supporter. Did you mean 'prefer'?"
        ),
    ),
    (
        "schedules/ours.yaml",
        ("days: weekdays", "days: weekdays, except: Christmas"),
        "4:36: 'Christmas' is no date (schedules › morning › when › except). Write 12-25.",
    ),
    (
        "schedules/ours.yaml",
        ("to: everyone", "to:everyone"),
        "3:7: there is no space after the ':'. Write 'to: everyone'.",
    ),
    (
        "schedules/ours.yaml",
        ("    when", "    channel: text\n    when"),
        "4:14: 'text' is no channel (schedules › morning › channel). Known: preferred, sms, email. Write sms.",
    ),
    (
        "schedules/ours.yaml",
        ("  - id", "\t- id"),
        "2:1: a tab at the start of the line. Indent with spaces.",
    ),
    (
        "schedules/ours.yaml",
        ("    when", "    send: {libraries: [kindness]}\n    when"),
        "4:24: library 'kindness' does not exist (schedules › morning › send › libraries). Known: kind.",
    ),
    (
        "messages/kind.yaml",
        ("sms: Breathe.", "sms: Hi {{name}}, breathe."),
        (
            "6:13: warning: '{{name}}' goes out as '{name}': nothing is filled in there (messages › hello › sms). "
            "Write {name|friend}. [raw-text]"
        ),
    ),
    (
        "messages/kind.yaml",
        ("sms: Breathe.", "sms: Tip #1 breathe"),
        (
            "6:14: warning: everything from ' #' on is a comment and is not sent (messages › hello › sms). "
            "Put the text in quotes; a comment can stand on a line of its own."
        ),
    ),
    (
        "messages/kind.yaml",
        ("sms: Breathe.", "sms: 'It's fine.'"),
        '6:14: the text goes on after its closing quote. Write "It\'s fine.".',
    ),
    (
        "messages/kind.yaml",
        ("sms: Breathe.", "sms: Note: breathe"),
        "6:14: a ':' where no key can stand. If it belongs to the text, write \"Note: breathe\".",
    ),
    (
        "messages/kind.yaml",
        ("sms: Breathe.", 'sms: "Hi {name}, breathe."'),
        (
            "6:14: '{name}' needs a fall-back: not everyone's name is known (messages › hello › sms). "
            "Write {name|friend}, or {name|} for nothing at all."
        ),
    ),
    (
        "recipients.yaml",
        ("Europe/Berlin", "EST"),
        (
            "4:16: warning: 'EST' is 5 hours behind Greenwich all year, without summer time (recipients › sam › time_zone). "
            "Write America/New_York."
        ),
    ),
    (
        "recipients.yaml",
        ("Europe/Berlin", "Munich"),
        "4:16: 'Munich' is no time zone (recipients › sam › time_zone). Did you mean 'Europe/Berlin'?",
    ),
    (
        "recipients.yaml",
        ("email: sam", "phone: 0170 1234567\n    email: sam"),
        (
            "5:5: 'phone' is no key here (recipients › sam). Known: id, name, time_zone, sms, email, prefer, language, groups, moments, "
            "quiet_hours, joined, place, weekend, pause, hard_days, limits, goals, supporter. Did you mean 'sms'?"
        ),
    ),
    (
        "recipients.yaml",
        ("name: Sam", "name: Sam\n    language: English\n    place: UK"),
        "4:15: 'English' is no language tag (recipients › sam › language). Write en.",
    ),
    (
        "recipients.yaml",
        ("name: Sam", "name: Sam\n    quiet_hours: 10pm to 7am"),
        "4:18: '10pm to 7am' are no quiet hours (recipients › sam › quiet_hours). Write \"22:00-07:00\".",
    ),
    (
        "recipients.yaml",
        ("name: Sam", "name: '#N/A'"),
        "3:11: '#N/A' is no name: it stands for nothing (recipients › sam › name). Leave it out, or write the name.",
    ),
    (
        "recipients.yaml",
        ("name: Sam", 'name: "Sam'),
        '3:11: the quote that opens here is never closed. Write " where the text ends.',
    ),
]


def first_of(folder, kind, change):
    """Return the first thing that is said about a good folder in which one thing was changed."""
    for name, text in KINDS.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text.replace(*change) if name == kind else text)
    problems = read_configuration(
        folder, folder / "recipients.yaml", today=date(2026, 11, 25), proofread=note_remarks
    ).problems
    return headline_of(problems[0]).removeprefix(f"{folder}/{kind}:") if problems else ""


def test_the_folder_is_good_before(tmp_path):
    assert first_of(tmp_path, "recipients.yaml", ("Sam", "Sam")) == ""


@pytest.mark.parametrize(("kind", "change", "said"), MISTAKES, ids=[change[1] for _, change, _ in MISTAKES])
def test_it_says_what_is_wrong_and_what_to_write(kind, change, said, tmp_path):
    assert first_of(tmp_path, kind, change) == said


if __name__ == "__main__":
    for kind, change, _ in MISTAKES:
        with tempfile.TemporaryDirectory() as name:
            print(f"{change[1]!r} → {kind}:{first_of(Path(name), kind, change)}")
