"""A database that hangs is told from a program that hangs; and trouble is said once, and once more when it is over."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from nudger.daemon.vigil import Vigil
from nudger.storage.lock import lock_state_dir


@dataclass
class Database:
    waited: timedelta = timedelta()
    at_work: timedelta = timedelta()
    answered: int = 0


class Notifier:
    """What systemd is told."""

    def __init__(self):
        self.fed, self.lines = 0, []

    def alive(self):
        self.fed += 1

    def status(self, text):
        self.lines.append(text)


@pytest.fixture
def scene(tmp_path):
    database, notifier = Database(), Notifier()
    with lock_state_dir(tmp_path) as lock:
        yield Vigil(notifier, lock, database, usually=lambda: "2 people"), database, notifier


def test_an_idle_service_is_fed_by_its_ticks_alone(scene):
    vigil, _, notifier = scene
    vigil.ticked()
    for _ in range(9):
        vigil.look()
    assert (notifier.fed, notifier.lines) == (1, [])


def test_a_tick_that_waits_for_the_database_feeds_and_says_so(scene):
    vigil, database, notifier = scene
    with capture_logs() as logs:
        for seconds in range(1, 100, 10):
            database.waited = timedelta(seconds=seconds)
            vigil.look()
    assert notifier.fed == 10
    assert [each["event"] for each in logs] == ["ledger trouble"]
    assert notifier.lines[-1] == "nothing is sent for now: the database has not answered for 91 s"


def test_a_long_tick_that_the_database_goes_on_answering_feeds(scene):
    vigil, database, notifier = scene
    for calls in (5, 9, 12):
        database.answered = calls
        vigil.look()
    assert (notifier.fed, notifier.lines) == (3, [])


def test_a_tick_that_thinks_for_long_feeds_but_not_for_ever(scene):
    vigil, database, notifier = scene
    for minutes in range(1, 30):
        database.at_work = timedelta(minutes=minutes)
        vigil.look()
    assert notifier.fed == 9


def test_a_program_that_hangs_is_left_to_the_watchdog(scene):
    vigil, database, notifier = scene
    database.answered = 5
    vigil.look()
    for _ in range(20):
        vigil.look()
    assert notifier.fed == 1


def test_trouble_is_said_once_and_its_end_once(scene):
    vigil, _, notifier = scene
    with capture_logs() as logs:
        vigil.ticked()
        for trouble in ("connection lost", "connection refused", "connection refused"):
            vigil.ticked(trouble=trouble)
        vigil.ticked()
        vigil.ticked()
        vigil.ticked(trouble="disk full")
        vigil.ticked(doubt="the clock says 1970")
        vigil.ticked()
    assert [each["event"] for each in logs] == ["ledger trouble", "ledger works again"] * 2
    assert notifier.fed == 9
    assert notifier.lines == [
        "nothing is sent for now: connection lost",
        "nothing is sent for now: connection refused",
        "2 people",
        "nothing is sent for now: disk full",
        "the clock says 1970: nothing is sent (nudger guard)",
        "2 people",
    ]
