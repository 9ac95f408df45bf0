"""`nudger status` says when the service last ticked, and calls one that has not for two minutes stuck."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from nudger.cli.status import command
from nudger.storage.lock import Pulse, lock_state_dir
from nudger.wiring.clock import clock, uptime
from tests.homes import write_short_starter


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in ("NUDGER_STATE_DIR", "NUDGER_DATABASE_URL", "STATE_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    write_short_starter(tmp_path / "home", time_zone="Etc/UTC")
    return tmp_path / "home"


def status(home, *words):
    done = CliRunner().invoke(command, words, obj=home)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize(
    ("ago", "ticked", "trouble", "words", "stuck"),
    [
        (4, True, "", " · last tick ", False),
        (60, True, "the ledger is gone", "nothing is sent for now: the ledger is gone", False),
        (125, True, "", "STUCK", True),
        (600, True, "", "no tick for 10 min: start the service again", True),
        (30, False, "", "no tick yet", False),
        (180, False, "", "no tick since its start, 3 min", True),
    ],
)
def test_it_says_when_the_service_last_ticked(home, ago, ticked, trouble, words, stuck):
    with lock_state_dir(home / "var") as lock:
        at = timedelta(seconds=ago)
        # The clock on the wall was set since: it has no say.
        lock.beat(Pulse(at=clock() + timedelta(days=9), uptime=uptime() - at, ticked=ticked, trouble=trouble))
        line = status(home).splitlines()[0]
        assert words in line
        assert json.loads(status(home, "--format", "json"))["stuck"] is stuck
    assert status(home).startswith("not running")
