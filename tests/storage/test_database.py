"""Opening the ledger, and refusing to."""

import sqlite3
import stat
from contextlib import closing

import pytest
from sqlalchemy import inspect

from nudger.errors import LedgerError
from nudger.storage.database import MARKER, open_database, read_database
from nudger.storage.tables import metadata


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
    before = {path.name: path.read_bytes() for path in state.iterdir() if not path.name.endswith(("-shm", "-wal"))}
    with pytest.raises(LedgerError, match=words):
        open_database(url, state_dir=state)
    after = {path.name: path.read_bytes() for path in state.iterdir() if not path.name.endswith(("-shm", "-wal"))}
    assert before == after


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
