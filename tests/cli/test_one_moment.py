"""`why`, `status` and `preview` open the ledger once, and what they say of it is of one moment."""

import sqlite3

import pytest
from click.testing import CliRunner
from freezegun import freeze_time
from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

from nudger.cli import nudger

NOW = "2026-11-25 10:00"
FILES = {
    "schedules/all.yaml": 'schedules:\n  - {id: daily, to: everyone, when: {at: "09:00"}}\n',
    "messages/welcome.yaml": """\
library: welcome
language: en
purpose: welcome
messages:
  - id: hello
    component: self-kindness
    practice: support
    email: {subject: A small hello, body: "Hello, this is {service}. {crisis_line}"}
""",
    "messages/kind.yaml": "library: kind\nlanguage: en\nmessages:\n"
    + "".join(
        f"  - {{id: m{n}, component: self-kindness, practice: self-talk, intensity: gentle, "
        f"email: {{subject: Subject {n}, body: Words {n}.}}}}\n"
        for n in range(9)
    ),
    "recipients.yaml": """\
recipients:
  - {id: ana, time_zone: UTC, email: ana@example.org, joined: 2026-11-01}
  - {id: bo, time_zone: UTC, email: bo@example.org, joined: 2026-11-01}
""",
}
QUESTIONS = {
    "why": ["why", "ana", "tomorrow", "--format", "json"],
    "status": ["status", "--format", "json"],
    "preview": ["preview", "--days", "3"],
}


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "nudger.env").write_text(f"NUDGER_STATE_DIR={folder}/var\n")
    run(folder, "recipients", "pause", "bo", "--until", "2026-11-26")
    return folder


def run(home, *words):
    with freeze_time(NOW):
        done = CliRunner().invoke(nudger, ["--config", str(home), *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def during(target, name, listener):
    event.listen(target, name, listener)
    return lambda: event.remove(target, name, listener)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_ledger_is_opened_once(home, question):
    opened = []
    stop = during(Pool, "connect", lambda *_: opened.append(1))
    try:
        run(home, *QUESTIONS[question])
    finally:
        stop()
    assert len(opened) == 1


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_happens_between_two_questions_is_not_seen(home, question):
    before = run(home, *QUESTIONS[question])
    happened = []

    def happen(_connection, _cursor, statement, *_):
        # Everything stops, and a person is stopped, as soon as the first of the tables was asked.
        asked = any(f"FROM {table}" in statement for table in ("recipients", "nudges", "meta", "suppressions"))
        if happened or not asked:
            return
        happened.append(statement)
        with sqlite3.connect(home / "var" / "nudger.db", isolation_level=None) as beside:
            beside.execute(
                "INSERT INTO meta (key, value) VALUES ('hold', '{\"since\": \"2026-11-25T09:59:00+00:00\"}')"
            )
            beside.execute("INSERT INTO suppressions VALUES ('ana@example.org', 'asked', '2026-11-25 09:59:00')")
            beside.execute("UPDATE recipients SET paused = '2026-11-01/2027-11-26'")
        beside.close()

    stop = during(Engine, "after_cursor_execute", happen)
    try:
        assert run(home, *QUESTIONS[question]) == before
    finally:
        stop()
    assert happened
    assert run(home, *QUESTIONS[question]) != before
