"""Idle: CPU that a running service with many people takes while nothing is due, beside a process that only sleeps.

python bench/idle.py [--people 10000] [--seconds 60]
"""

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))


def cpu_seconds(process):
    """Return the CPU time of all its threads, to the nanosecond (proc(5), schedstat)."""
    tasks = Path(f"/proc/{process.pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def prepare(folder, people):
    """Eight schedules that fall due in six hours, half of the people in 40 zones, everybody greeted long ago."""
    from bench.planning import zones
    from nudger.decisions.points.decide import decide_welcome
    from nudger.domain.nudges import NudgeState
    from nudger.domain.vocabulary import Purpose
    from nudger.storage.database import open_database
    from nudger.storage.ledger import Ledger
    from tests.make import make_message, make_recipient, make_snapshot

    (folder / "schedules").mkdir()
    (folder / "messages").symlink_to(ROOT / "messages")
    later = datetime.now(UTC) + timedelta(hours=6)
    lines = [f'  - {{id: s{n}, to: everyone, when: {{at: "{later:%H}:{n:02}"}}}}\n' for n in range(8)]
    (folder / "schedules" / "still.yaml").write_text("schedules:\n" + "".join(lines))
    names = zones()
    folk = [make_recipient(f"p{n:05}", time_zone=names[n % 40] if n % 2 else "UTC") for n in range(people)]
    then = datetime.now(UTC) - timedelta(days=30)
    snapshot = make_snapshot(messages=[make_message("hello", purpose=Purpose.WELCOME)])
    greeted = {"state": NudgeState.SENT, "not_before": None, "attempts": 1, "first_attempt_at": then}
    hellos = [replace(decide_welcome(snapshot, person, now=then), **greeted) for person in folk]
    state = folder / "var"
    ledger = Ledger(*open_database(f"sqlite:///{state}/nudger.db", state_dir=state))
    ledger.run(lambda transaction: transaction.people.keep(folk, source="import", at=then))
    ledger.run(lambda transaction: transaction.nudges.add(hellos, at=then))
    ledger.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=60)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder), arguments.people)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": ROOT}
        contenders = {
            "nudger": subprocess.Popen([sys.executable, "-m", "nudger", "--config", folder, "run"], **quiet),
            "sleep": subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"], **quiet),
        }
        try:
            time.sleep(15)
            before = {name: cpu_seconds(process) for name, process in contenders.items()}
            time.sleep(arguments.seconds)
            after = {name: cpu_seconds(process) for name, process in contenders.items()}
        finally:
            for process in contenders.values():
                process.terminate()
                process.wait(15)
    print(f"idle with {arguments.people} people, {arguments.seconds} s measured, as CPU seconds an hour")
    for name in contenders:
        print(f"  {name:<8} {(after[name] - before[name]) * 3600 / arguments.seconds:6.2f}")


if __name__ == "__main__":
    main()
