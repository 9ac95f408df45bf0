"""`nudger run` where nobody can hear it: a log or a terminal that cannot be written costs a line, and never a nudge."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.homes import write_short_starter

PEOPLE = """\
recipients:
  - {id: ana, time_zone: Etc/UTC, email: a@example.org, quiet_hours: none}
  - {id: bo, time_zone: Etc/UTC, email: b@example.org, quiet_hours: none}
"""


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    write_short_starter(folder, time_zone="Etc/UTC")
    (folder / "recipients.yaml").write_text(PEOPLE)
    return folder


@pytest.mark.parametrize("where", [">/dev/full 2>&1", "<&- >&- 2>&-", "2>&1 | true"])
def test_the_service_goes_on_sending(home, where):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NUDGER_")}
    variables = kept | {"NUDGER_CONFIG_DIR": str(home), "NUDGER_LOG_LEVEL": "debug"}
    run = f"{sys.executable} -m nudger run"
    # Of a pipe, the shell is no part: `exec` makes the service the process that we know.
    command = f"exec {run} {where}" if "|" not in where else f"exec {run} > >(true) 2>&1"
    with subprocess.Popen(
        ["bash", "-c", command], env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as service:
        try:
            give_up = time.monotonic() + 60
            while len(list((home / "var" / "mail" / "new").glob("*.eml"))) < 2:
                assert service.poll() is None
                assert time.monotonic() < give_up
                time.sleep(0.1)
            time.sleep(1)
            assert service.poll() is None
            service.send_signal(signal.SIGTERM)
            assert service.wait(15) == 0
        finally:
            service.kill()
    assert (home / "var" / "nudger.db").read_bytes()[:15] == b"SQLite format 3"
