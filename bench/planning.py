"""Planning, side by side in one run: nudger's groups against one APScheduler cron job for each person and schedule.

    python bench/planning.py [--people 100000] [--theirs 10000]

Each contender runs in a process of its own, so that memory is its own too. Look at the ratios: absolute numbers
move with the machine. APScheduler is measured with fewer people, and its start-up and memory are scaled up: they grow
with every job, and its list of jobs makes each dearer the longer it is, so that the ratios are the least it can be.
What is measured:
  start-up   from the stored people to the first tick (ours: from the SQLite ledger; APScheduler: adding its jobs to
             its memory store, the fastest it has; from its SQL store it would take ten times as long)
  memory     what the process grew by
  tick       planning a tick, for each slot that falls due in it (ours: all of a day, hour by hour; APScheduler: its own
             round over one schedule of half of the people, with an executor that runs nothing)
"""

import argparse
import gc
import json
import logging
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from zoneinfo import available_timezones

sys.path.insert(0, str(Path(__file__).parent.parent))
SCHEDULES = 8
START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def zones():
    return sorted(zone for zone in available_timezones() if zone.startswith(("America/", "Europe/", "Asia/")))[:40]


def rss_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def store_people(path, count):
    from nudger.storage.database import open_database
    from nudger.storage.ledger import Ledger
    from tests.make import make_recipient

    ledger = Ledger(*open_database(f"sqlite:///{path}/nudger.db", state_dir=path))
    names = zones()
    people = (make_recipient(f"p{n:06}", time_zone=names[n % 40]) for n in range(count))
    ledger.run(lambda transaction: transaction.people.keep(people, source="import", at=datetime.now(UTC)))
    ledger.close()


def ours(path):
    from nudger.decisions.planning.plan import slots
    from nudger.storage.database import open_database
    from nudger.storage.ledger import Ledger
    from nudger.wiring.reading import freeze_garbage
    from tests.make import make_schedule, make_snapshot

    before = rss_mb()
    began = perf_counter()
    ledger = Ledger(*open_database(f"sqlite:///{path}/nudger.db", state_dir=path))
    people = ledger.run(lambda transaction: transaction.people.everybody())
    schedules = [make_schedule(f"s{n}", at=f"{8 + n:02}:00") for n in range(SCHEDULES - 1)]
    # The last one is due for everybody at one instant, wherever they are: the worst tick there is.
    everywhere = [make_schedule("all", at="12:30")]
    snapshot = make_snapshot(schedules=schedules + everywhere, recipients=people)
    freeze_garbage()
    started = perf_counter() - began

    def tick(due, span):
        began = perf_counter()
        found = slots(snapshot.roster, since=due - span, until=due, seed="s")
        return perf_counter() - began, len(found)

    tick(START, timedelta(hours=30))
    hour = [tick(START + timedelta(days=1, hours=n), timedelta(hours=1)) for n in range(24)]
    return {
        "start-up s": started,
        "memory MB": rss_mb() - before,
        "tick us": 1e6 * sum(t for t, _ in hour) / sum(n for _, n in hour),
        "slots": sum(n for _, n in hour),
        "idle tick us": 1e6
        * min(tick(START + timedelta(days=2, seconds=30 * n + 1), timedelta(seconds=30))[0] for n in range(1, 20)),
    }


def apscheduler(path, count):
    from apscheduler.executors.base import BaseExecutor
    from apscheduler.schedulers.base import BaseScheduler
    from apscheduler.triggers.cron import CronTrigger

    class ByHand(BaseScheduler):
        """The scheduler itself, without a thread of its own: a tick is one call."""

        def shutdown(self, wait=True):
            super().shutdown(wait)

        def wakeup(self):
            pass

    class Nowhere(BaseExecutor):
        """Takes every job and runs none: only planning is measured."""

        def _do_submit_job(self, job, run_times):
            self._run_job_success(job.id, [])

    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    names = zones()
    before = rss_mb()
    began = perf_counter()
    scheduler = ByHand(timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True})
    scheduler.add_executor(Nowhere())
    scheduler.start()
    now = datetime.now(UTC)
    due = 0
    for person in range(count):
        for n in range(SCHEDULES):
            trigger = CronTrigger(hour=8 + n, minute=0, timezone=names[person % 40])
            falls_due = {"next_run_time": now} if n == 0 and person % 2 else {}
            due += bool(falls_due)
            scheduler.add_job(print, trigger, id=f"{person}/{n}", **falls_due)
    started = perf_counter() - began
    memory = rss_mb() - before
    began = perf_counter()
    scheduler._process_jobs()
    ticked = perf_counter() - began
    return {"start-up s": started, "memory MB": memory, "tick us": 1e6 * ticked / due, "slots": due}


def measure(contender, path, count):
    command = [sys.executable, __file__, "--contender", contender, "--path", str(path), "--people", str(count)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--theirs", type=int, default=10_000)
    parser.add_argument("--contender")
    parser.add_argument("--path", type=Path)
    arguments = parser.parse_args()
    if arguments.contender:
        gc.collect()
        run = {
            "ours": lambda: ours(arguments.path),
            "apscheduler": lambda: apscheduler(arguments.path, arguments.people),
        }
        print(json.dumps(run[arguments.contender]()))
        return
    with tempfile.TemporaryDirectory() as folder:
        store_people(Path(folder), arguments.people)
        theirs = min(arguments.theirs, arguments.people)
        results = {
            "ours": measure("ours", folder, arguments.people),
            "apscheduler": measure("apscheduler", folder, theirs),
        }
    for key in ("start-up s", "memory MB"):
        results["apscheduler"][key] *= arguments.people / theirs
    print(f"{arguments.people} people x {SCHEDULES} schedules in 40 zones (APScheduler: of {theirs} people, scaled)")
    for name, figures in results.items():
        print(f"  {name:<12}", "  ".join(f"{key} {value:,.2f}" for key, value in figures.items()))
    ratio = {key: results["apscheduler"][key] / results["ours"][key] for key in ("start-up s", "memory MB", "tick us")}
    print(
        f"  at least: start-up {ratio['start-up s']:.0f} times as fast, tick {ratio['tick us']:.0f} times, memory 1/{ratio['memory MB']:.0f}"
    )


if __name__ == "__main__":
    main()
