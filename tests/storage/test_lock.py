"""The state folder is one service's; a folder that cannot be locked is said to be one; the pulse tells who is stuck."""

import errno
import fcntl
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from nudger.errors import LedgerError
from nudger.storage.lock import Pulse, lock_state_dir, running_service

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
UP = timedelta(days=3)
HOLDER = """
import sys
from pathlib import Path
from nudger.storage.lock import lock_state_dir
with lock_state_dir(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def held(tmp_path):
    """A folder that another process holds, which has not said anything yet."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        yield tmp_path, holder.pid
        holder.stdin.close()


def test_nobody_is_at_work_in_a_folder_that_nobody_holds(tmp_path):
    assert running_service(tmp_path) is None
    with lock_state_dir(tmp_path) as lock:
        lock.beat(Pulse(at=NOW, uptime=UP))
    assert running_service(tmp_path) is None
    with lock_state_dir(tmp_path):
        pass


def test_a_second_service_is_refused(held):
    folder, _ = held
    with pytest.raises(LedgerError, match="stop it first"):
        lock_state_dir(folder)
    assert running_service(folder).pulse is None


def test_the_pulse_tells_when_it_ticked_whatever_the_clock_says(held):
    folder, process = held
    for years in (0, 9, -9):
        pulse = Pulse(at=NOW + timedelta(days=365 * years), uptime=UP, trouble="the ledger is gone: ü" * 20)
        said = {"at": pulse.at.isoformat(), "uptime": UP.total_seconds(), "ticked": True, "trouble": pulse.trouble}
        (folder / "nudger.lock").write_text(f"{process} {json.dumps(said)}\n")
        running = running_service(folder)
        assert running.pulse == pulse
        assert running.process == running_service(folder).process == process
        assert running.silent_for(UP + timedelta(seconds=4)) == timedelta(seconds=4)
        assert not running.stuck(UP + timedelta(seconds=119))
        assert running.stuck(UP + timedelta(seconds=121))


def test_a_shorter_pulse_leaves_nothing_of_a_longer_one(tmp_path):
    with lock_state_dir(tmp_path) as lock:
        lock.beat(Pulse(at=NOW, uptime=UP, trouble="x" * 500))
        lock.beat(Pulse(at=NOW, uptime=UP))
    assert (tmp_path / "nudger.lock").read_text().count("\n") == 1
    assert "x" not in (tmp_path / "nudger.lock").read_text().partition("trouble")[2]


@pytest.mark.parametrize("words", ["", "7\n", "seven\n", "7 {", "\xff", '7 {"at": 3, "uptime": "x"}'])
def test_a_pulse_that_cannot_be_read_is_none(held, words):
    folder, _ = held
    (folder / "nudger.lock").write_text(words, encoding="latin-1")
    assert running_service(folder).pulse is None


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS, errno.EIO])
def test_a_folder_that_cannot_be_locked_is_said_to_be_one(tmp_path, monkeypatch, code):
    def flock(_file, _operation):
        raise OSError(code, "as the volume says")

    (tmp_path / "nudger.lock").write_text("")
    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(LedgerError, match=r"cannot be locked \(as the volume says\): put the state on a local disk"):
        lock_state_dir(tmp_path)
    assert running_service(tmp_path) is None


@pytest.mark.parametrize("code", [errno.EWOULDBLOCK, errno.EACCES])
def test_held_by_another_is_what_flock_says_of_it(tmp_path, monkeypatch, code):
    def flock(_file, _operation):
        raise OSError(code, "held")

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(LedgerError, match="stop it first"):
        lock_state_dir(tmp_path)
