"""A PostgreSQL that is connected and silent: the service lives on, says so, obeys, and goes on when it is answered.

The server's processes are stopped in their tracks (SIGSTOP), as by a machine without memory or a disk that hangs: its
kernel goes on acknowledging, so that no setting of TCP or libpq ends the wait.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.system import postgres
from tests.system.conftest import skip_if

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
PERSON = (
    "recipients:\n  - {id: sam, time_zone: Etc/UTC, email: sam@example.org, quiet_hours: none, joined: 2026-01-01}\n"
)
SCHEDULE = 'schedules:\n  - {id: s, to: everyone, when: {cron: "* * * * *"}, late: 30 minutes}\n'
LIBRARY = "library: kind\nmessages:\n" + "".join(
    f"  - {{id: m{n}, component: mindfulness, practice: mindfulness, email: {{subject: S{n}, body: B{n}.}}}}\n"
    for n in range(30)
)
HELLO = "library: welcome\npurpose: welcome\nmessages:\n  - {id: hello, component: self-kindness, practice: support, email: {subject: Hello, body: Hello.}}\n"


@pytest.fixture
def home(tmp_path):
    for folder, name, text in (("schedules", "s", SCHEDULE), ("messages", "m", LIBRARY), ("messages", "w", HELLO)):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / f"{name}.yaml").write_text(text)
    (tmp_path / "recipients.yaml").write_text(PERSON)
    return tmp_path


@pytest.fixture
def server():
    """A server of this test's own: (URL, its processes)."""
    skip_if(postgres.what_is_missing())
    with postgres.cluster() as url:
        yield url, lambda: processes(url)


def processes(url):
    """The server's processes, the postmaster first: whoever listens on the port, and its children."""
    port = f"{int(url.rsplit(':', 1)[1].split('/')[0]):04X}"
    inodes = {
        line.split()[9]
        for line in Path("/proc/net/tcp").read_text().splitlines()
        if f":{port} 00000000:0000 0A" in line
    }
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            held = {str(link.readlink()) for link in (folder / "fd").iterdir()}
            if held & {f"socket:[{inode}]" for inode in inodes}:
                children = (folder / "task" / folder.name / "children").read_text().split()
                return [int(folder.name), *map(int, children)]
    raise AssertionError("nobody listens")


@contextlib.contextmanager
def silenced(pids):
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


class Told:
    """What the service told systemd, and when."""

    def __init__(self, path):
        self.path, self.heard = path, []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path.unlink(missing_ok=True)
        self._socket.bind(str(path))
        threading.Thread(target=self._hear, daemon=True).start()

    def _hear(self):
        with contextlib.suppress(OSError):
            while True:
                self.heard.append((time.monotonic(), self._socket.recv(4096).decode()))

    def since(self, moment, word):
        return [text for at, text in list(self.heard) if at >= moment and word in text]

    def close(self):
        self._socket.close()


def variables(home, url, told=None):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NUDGER_")}
    kept |= {"NUDGER_DATABASE_URL": url, "NUDGER_LOG_FORMAT": "json", "NUDGER_CONFIG_DIR": str(home)}
    return kept | ({"NOTIFY_SOCKET": str(told.path)} if told else {})


@contextlib.contextmanager
def service(home, url):
    told = Told(home / "notify")
    with (home / "log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "nudger", "run"],
            env=variables(home, url, told),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    try:
        yield process, told
    finally:
        process.kill()
        process.wait(10)
        told.close()


def eventually(condition, what, limit):
    give_up = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < give_up, f"not within {limit} s: {what}"
        time.sleep(0.1)


def lines(home, event):
    return [each for each in map(json.loads, (home / "log").read_text().splitlines()) if each["event"] == event]


def read(path):
    return path.read_text() if path.exists() else ""


def command(home, url, *words):
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "nudger", *words],
        env=variables(home, url),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done, time.monotonic() - began


def mails(home):
    return len(list((home / "var" / "mail" / "new").glob("*")))


def test_silent_for_a_while_it_is_awaited_and_all_goes_on(home, server):
    url, pids = server
    with service(home, url) as (process, told):
        eventually(lambda: told.since(0, "READY=1"), "ready", 30)
        eventually(lambda: mails(home) >= 1, "the hello", 30)
        _, usual = command(home, url, "status")
        began = time.monotonic()
        with silenced(pids()):
            done, took = command(home, url, "status")
            assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1), done
            assert took - usual < 10
            done, took = command(home, url, "why", "sam")
            assert done.returncode == 1
            assert took - usual < 10
            eventually(lambda: told.since(began, "nothing is sent for now"), "a status that says so", 60)
            time.sleep(max(0.0, began + 75 - time.monotonic()))
            assert process.poll() is None
            assert len(told.since(began, "WATCHDOG=1")) >= 3
            assert len(lines(home, "ledger trouble")) == 1
            sent = mails(home)
        eventually(lambda: lines(home, "ledger works again"), "the end of the trouble", 45)
        eventually(lambda: mails(home) > sent, "what fell due meanwhile", 45)
        assert "Task exception" not in (home / "log").read_text()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


@pytest.mark.parametrize("wait", [0, 4, 20])
def test_silent_it_is_stopped_within_ten_seconds(home, server, wait):
    url, pids = server
    with service(home, url) as (process, told):
        eventually(lambda: told.since(0, "READY=1"), "ready", 30)
        with silenced(pids()):
            time.sleep(wait)
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert process.wait(12) == 0
            assert time.monotonic() - began < 10


def test_silent_at_the_start_it_is_one_line_and_a_stop_is_heard(home, server):
    url, pids = server
    with silenced(pids()):
        with service(home, url) as (process, _):
            eventually(lambda: str(process.pid) in read(home / "var" / "nudger.lock"), "the lock", 30)
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
        with service(home, url) as (process, _):
            assert process.wait(40) == 1
    assert "Traceback" not in (home / "log").read_text()


def test_gone_right_after_ready_it_is_ridden_out(home, server):
    url, pids = server
    with service(home, url) as (process, told):
        eventually(lambda: told.since(0, "READY=1"), "ready", 30)
        _, *backends = pids()
        with silenced([pids()[0]]):  # nobody new gets in
            for pid in backends:
                os.kill(pid, signal.SIGTERM)
            time.sleep(15)
            assert process.poll() is None
        eventually(lambda: told.since(0, "nothing is sent for now"), "a status that says so", 60)
        eventually(lambda: lines(home, "ledger works again"), "the end of the trouble", 60)
        assert "Task exception" not in (home / "log").read_text()


def test_two_services_start_at_once_on_an_empty_database(tmp_path, server):
    url, _ = server
    opening = (
        "import sys; from pathlib import Path; from nudger.storage.database import open_database; "
        "open_database(sys.argv[1], state_dir=Path(sys.argv[2]))"
    )
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", opening, url, str(tmp_path / str(n))], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        for n in range(4)
    ]
    for start in starts:
        _, said = start.communicate(timeout=60)
        assert start.returncode == 0, said
