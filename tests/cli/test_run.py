"""`nudger run` as somebody meets it who starts it on a terminal: a process of its own, stopped by Ctrl-C."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from threading import Timer

import pytest

from tests.homes import write_short_starter

NOW = datetime.now(UTC)
PEOPLE = """\
recipients:
  - {{id: awake, time_zone: Etc/UTC, email: a@example.org, quiet_hours: none}}
  - {{id: asleep, time_zone: Etc/UTC, email: b@example.org, quiet_hours: "{0}"}}
"""


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    write_short_starter(folder, time_zone="Etc/UTC")
    night = f"{NOW - timedelta(hours=2):%H:%M}-{NOW + timedelta(hours=3):%H:%M}"
    (folder / "recipients.yaml").write_text(PEOPLE.format(night))
    return folder


def test_a_start_shows_the_hello_what_comes_next_and_what_waits_for_the_morning(home):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NUDGER_")}
    command = [sys.executable, "-m", "nudger", "--config", str(home), "run"]
    with subprocess.Popen(command, env=kept, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        lines = []
        patience = Timer(60, process.kill)
        patience.start()
        for line in process.stdout:
            lines.append(line.rstrip())
            if line.startswith("Ctrl-C stops"):
                break
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=15) == 0
        patience.cancel()
    assert "2 people" in lines[0]
    assert "no real provider is configured" in lines[0]
    assert sum("A small hello" in line for line in lines) == 1
    (first,) = (number for number, line in enumerate(lines) if line.startswith("next "))
    coming = lines[first : first + 3]
    waits = [line for line in coming if "asleep  welcome" in line]
    assert len(waits) == 1
    assert "quiet hours" in waits[0]
    assert len(list((home / "var" / "mail").rglob("*.eml"))) == 1
