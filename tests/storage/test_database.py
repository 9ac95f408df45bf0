"""Opening the ledger, and refusing to."""

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing

import pytest
from sqlalchemy import inspect, text

from nudger.domain.ledger_place import LedgerFile
from nudger.errors import LedgerError, LedgerLostError
from nudger.storage.database import MARKER, open_database, read_database
from nudger.storage.fact_codecs import CLOCK_SET_BACK, PLANNING_BEGAN
from nudger.storage.footing import Footing, LedgerGoneError
from nudger.storage.ledger import Ledger
from nudger.storage.tables import metadata
from tests.make import utc

NOW = utc("2026-11-23 08:30")


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def url(state):
    return f"sqlite:///{state}/nudger.db"


def start(url, state):
    engine, installation = open_database(url, state_dir=state)
    engine.dispose()
    return installation


def test_the_first_start_makes_it_and_later_ones_find_it(url, state):
    assert read_database(url) is None
    assert start(url, state) == start(url, state)
    engine = read_database(url)
    assert engine is not None
    engine.dispose()


def test_the_migrations_make_exactly_the_tables_that_the_code_knows(url, state):
    engine, _ = open_database(url, state_dir=state)
    found = inspect(engine)
    for table in metadata.tables.values():
        columns = {
            column["name"]: (str(column["type"]), column["nullable"]) for column in found.get_columns(table.name)
        }
        expected = {c.name: (str(c.type.compile(engine.dialect)), c.nullable) for c in table.columns}
        assert columns == expected
        assert {index["name"] for index in found.get_indexes(table.name)} == {index.name for index in table.indexes}
    assert found.get_unique_constraints("nudges")[0]["column_names"] == [
        "recipient",
        "schedule",
        "local_date",
        "ordinal",
    ]
    engine.dispose()


def test_looking_for_what_has_priority_reads_nothing_else(url, state):
    engine, _ = open_database(url, state_dir=state)
    with engine.connect() as connection:
        which = "channel = 'sms' and not_before <= '2026' and nudges.priority > 0 and schedule <> 'welcome'"
        question = f"explain query plan select id from nudges where {which}"
        plan = connection.execute(text(question)).all()
    engine.dispose()
    assert "nudges_urgent" in str(plan)


def test_only_its_owner_can_read_it(url, state):
    engine, _ = open_database(url, state_dir=state)
    with engine.begin():
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in state.iterdir()}
    engine.dispose()
    assert set(modes) >= {"nudger.db", "nudger.db-wal", "nudger.db-shm", MARKER}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(state.stat().st_mode) == 0o700


def test_it_writes_ahead_and_waits_for_the_disk(url, state):
    engine, _ = open_database(url, state_dir=state)
    with engine.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    engine.dispose()


def refused(url, state, words):
    """It is refused, and not a byte is changed: not of the ledger, its log or its index, nor of anything beside them."""
    before = {path.name: (path.read_bytes(), path.stat().st_mode) for path in state.iterdir()}
    with pytest.raises(LedgerError, match=words):
        open_database(url, state_dir=state)
    assert {path.name: (path.read_bytes(), path.stat().st_mode) for path in state.iterdir()} == before


def killed(state, work=""):
    """Open the ledger in a process that is killed: its log (-wal) and index (-shm) are left behind."""
    program = (
        "import os, sys; from pathlib import Path; from nudger.storage.database import open_database; "
        "from sqlalchemy import text; s = Path(sys.argv[1]); "
        "e, _ = open_database(f'sqlite:///{s}/nudger.db', state_dir=s)\n"
        "with e.begin() as c: c.execute(text(sys.argv[2]))\n"
        "os._exit(0)"
    )
    work = work or "insert into meta (key, value) values ('canary', '{}')"
    subprocess.run([sys.executable, "-c", program, str(state), work], check=True, timeout=30)
    assert (state / "nudger.db-wal").stat().st_size > 0


@pytest.mark.parametrize("name", ["pc%20t", "que?st", "#1", "a&b=c", "100%", "mode=memory", "ü:@", "file:x"])
def test_a_path_is_a_path(tmp_path, name):
    place = LedgerFile(path=tmp_path / name / "nudger.db")
    engine, _ = open_database(place, state_dir=tmp_path / name)
    engine.dispose()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name / "nudger.db").stat().st_size > 0
    found = read_database(place)
    assert found is not None
    found.dispose()


@pytest.mark.parametrize("loss", ["gone", "emptied"])
@pytest.mark.parametrize("marker", [True, False])
def test_a_refused_start_leaves_the_last_copy_of_a_history_as_it_is(url, state, loss, marker):
    killed(state)
    os.truncate(state / "nudger.db", 0)
    if loss == "gone":
        (state / "nudger.db").unlink()
    if not marker:
        (state / MARKER).unlink()
    refused(url, state, "is empty, but")


def test_after_a_kill_nothing_is_lost_and_the_log_is_read_by_the_look(url, state):
    killed(state)
    engine, _ = open_database(url, state_dir=state)
    with engine.begin() as connection:
        assert connection.exec_driver_sql("select value from meta where key = 'canary'").scalar() == "{}"
    engine.dispose()


@pytest.mark.parametrize("index", [True, False])
def test_a_newer_one_that_was_killed_is_refused_and_left_as_it_is(url, state, index):
    killed(state, "update alembic_version set version_num = '9999'")
    if index:
        refused(url, state, "newer than this program")
    else:
        (state / "nudger.db-shm").unlink()  # SQLite makes an index anew where there is none: an empty one, beside it
        with pytest.raises(LedgerError, match="newer than this program"):
            open_database(url, state_dir=state)


def served(url, state):
    engine, installation = open_database(url, state_dir=state)
    return Ledger(engine, installation, footing=Footing(engine, state / "nudger.db"))


@pytest.mark.parametrize("suffixes", [("",), ("-wal",), ("-shm",), ("", "-wal", "-shm")])
def test_a_ledger_that_vanishes_is_noticed_and_is_welcome_back(url, state, suffixes):
    ledger = served(url, state)
    ledger.run(lambda t: t.facts.put(PLANNING_BEGAN, NOW))
    for suffix in suffixes:
        (state / f"nudger.db{suffix}").rename(state / f"away{suffix}")
    for _ in range(2):
        with pytest.raises(LedgerGoneError, match="the ledger is gone"):
            ledger.run(lambda t: t.facts.put(CLOCK_SET_BACK, NOW))
    for suffix in suffixes:
        (state / f"away{suffix}").rename(state / f"nudger.db{suffix}")
    ledger.run(lambda t: t.facts.put(PLANNING_BEGAN, NOW))
    assert ledger.run(lambda t: t.facts.get(CLOCK_SET_BACK)) is None
    ledger.close()


def test_another_ledger_in_its_place_is_noticed(url, state):
    ledger = served(url, state)
    ledger.run(lambda t: t.facts.put(PLANNING_BEGAN, NOW))
    (state / "copy").write_bytes((state / "nudger.db").read_bytes())
    (state / "copy").rename(state / "nudger.db")
    with pytest.raises(LedgerLostError, match="was replaced while the service ran"):
        ledger.run(lambda t: t.facts.put(CLOCK_SET_BACK, NOW))
    ledger.close()


def test_an_emptied_ledger_is_noticed_and_its_log_is_left_alone(url, state):
    ledger = served(url, state)
    ledger.run(lambda t: t.facts.put(PLANNING_BEGAN, NOW))
    os.truncate(state / "nudger.db", 0)
    before = (state / "nudger.db-wal").read_bytes()
    with pytest.raises(LedgerLostError, match="was emptied while the service ran"):
        ledger.run(lambda t: t.facts.put(CLOCK_SET_BACK, NOW))
    ledger.close()
    assert (state / "nudger.db").stat().st_size == 0
    assert (state / "nudger.db-wal").read_bytes() == before
    ledger._engine.dispose()


def test_a_fresh_connection_is_no_loss(url, state):
    ledger = served(url, state)
    for _ in range(3):
        ledger.run(lambda t: t.facts.put(PLANNING_BEGAN, NOW))
        ledger._engine.dispose()
    ledger.close()


def test_a_driver_that_is_missing_is_one_line_with_a_remedy(state, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(LedgerError, match=r"pip install 'nudger\[postgresql\]'"):
        open_database("postgres://kim:x@127.0.0.1/n", state_dir=state)


@pytest.mark.parametrize(
    "url",
    [
        "garbage",
        "postgres://u:p@127.0.0.1:9/d",
        "postgresql://u:p@127.0.0.1:9/d?sslmode=nonsense",
        "postgresql://u:p@127.0.0.1:9/d?no_such_option=1",
        "postgresql://u:p@no.such.host.invalid/d",
        "postgresql+psycopg://kim:p@s%s/w:#@127.0.0.1/n",
        "sqlite:////dev/null/x/nudger.db",
        "sqlite:////proc/nudger.db",
        "sqlite:////",
    ],
)
def test_any_url_is_a_ledger_or_one_line(state, url):
    with pytest.raises(LedgerError) as said:
        open_database(url, state_dir=state)
    assert "\n" not in str(said.value)
    assert "w:#" not in str(said.value)
    assert ":p@" not in str(said.value)


@pytest.mark.parametrize("loss", ["gone", "emptied"])
def test_a_missing_history_is_no_fresh_start(url, state, loss):
    start(url, state)
    (state / "nudger.db").write_bytes(b"")
    if loss == "gone":
        (state / "nudger.db").unlink()
    with pytest.raises(LedgerError, match=r"is empty, but .* there was a history"):
        open_database(url, state_dir=state)


@pytest.mark.parametrize(
    "damage", [lambda data: b"\0" * 100 + data[100:], lambda data: data[: len(data) // 2], lambda _: b"text " * 400]
)
def test_a_damaged_one_is_refused_and_left_as_it_is(url, state, damage):
    start(url, state)
    path = state / "nudger.db"
    path.write_bytes(damage(path.read_bytes()))
    refused(url, state, "damaged|cannot be opened")


def test_a_newer_one_is_refused_in_one_line(url, state):
    start(url, state)
    with closing(sqlite3.connect(state / "nudger.db")) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
        connection.commit()
    refused(url, state, "newer than this program")
    with pytest.raises(LedgerError, match="newer than this program"):
        read_database(url)


def test_somebody_elses_is_refused(url, state, tmp_path):
    start(url, state)
    other = tmp_path / "other"
    start(f"sqlite:///{other}/nudger.db", other)
    (state / "nudger.db").write_bytes((other / "nudger.db").read_bytes())
    with pytest.raises(LedgerError, match="another installation"):
        open_database(url, state_dir=state)


def test_a_ledger_in_memory_is_refused(state):
    with pytest.raises(LedgerError, match="memory"):
        open_database("sqlite://", state_dir=state)
