"""kill -9, again and again, at random moments of a busy minute: what does the provider hold, what does the ledger say?

    python tests/system/kill_campaign.py [--kills 50] [--slots 2000] [--seed 1] [--settle]

A real daemon on a real SQLite ledger, sending to the Twilio stand-in over HTTP. Every slot must have been accepted
at most once, and every slot that the provider does not hold must be marked `unknown` (or `pending`, if its minute
began while the last daemon was being stopped). With --settle the last daemon lives on until the provider has been
asked about every doubt, five minutes at most: then every slot is held exactly once. Prints one line of JSON; exit
status 1 if a promise was broken.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
STAND_IN = ROOT / "tests" / "channels" / "twilio_stand_in.py"
MESSAGES = """library: campaign
messages:
"""
MESSAGE = """  - {{id: m{n}, component: mindfulness, practice: mindfulness, sms: "Words number {n}."}}
"""
HELLO = """library: welcome
purpose: welcome
messages:
  - {id: hello, component: self-kindness, practice: support, sms: "Hello from {service}."}
"""
SCHEDULE = """schedules:
  - id: busy
    to: everyone
    when: {cron: "* * * * *"}
    channel: sms
    late: 2 hours
"""


def write_configuration(folder, people):
    (folder / "schedules").mkdir()
    (folder / "messages").mkdir()
    (folder / "schedules" / "busy.yaml").write_text(SCHEDULE)
    (folder / "messages" / "campaign.yaml").write_text(MESSAGES + "".join(MESSAGE.format(n=n) for n in range(200)))
    (folder / "messages" / "welcome.yaml").write_text(HELLO)
    # Berlin's numbers: no law says when these may get a text, so that the hour of the test does not matter.
    rows = [f'  - {{id: p{n}, time_zone: UTC, sms: "+4930123{n:04}", quiet_hours: none}}\n' for n in range(people)]
    (folder / "recipients.yaml").write_text("recipients:\n" + "".join(rows))


@contextlib.contextmanager
def provider(log):
    """Run the stand-in; yield its URL and credentials."""
    command = [sys.executable, str(STAND_IN), "--log", str(log), "--latency", "5-60"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def environment(folder, url):
    sys.path.insert(0, str(ROOT))
    from tests.channels.twilio_stand_in import ACCOUNT, NUMBER, TOKEN

    kept = {name: value for name, value in os.environ.items() if not name.startswith("NUDGER_")}
    return kept | {
        "NUDGER_CONFIG_DIR": str(folder),
        "NUDGER_TWILIO_ACCOUNT_SID": ACCOUNT,
        "NUDGER_TWILIO_AUTH_TOKEN": TOKEN,
        "NUDGER_TWILIO_FROM": NUMBER,
        "NUDGER_TWILIO_BASE_URL": url,
        "NUDGER_LOG_FORMAT": "json",
    }


@contextlib.contextmanager
def daemon(variables, log):
    """Run the service; whatever happens, it is stopped in the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "nudger", "run"], env=variables, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=log
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(15)


def nudges(database):
    """Return (number, words, state) of every nudge. Nobody gets the same words twice here, so words name a slot."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(
            "select recipients.sms, nudges.text, nudges.state from nudges join recipients on recipients.id = recipient"
        ).fetchall()


def states(database):
    return {state for _, _, state in nudges(database)}


def rewind(database, minutes):
    """Say that the last minutes were never planned, so that they fall due now: a busy minute on demand."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute(
            "update meta set value = strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', ?) where key = 'planned_until'",
            (f"-{minutes} minutes",),
        )
        connection.commit()
    # Or the service would take the ledger for a backup that was put back, and ask before it sends anything.
    (database.parent / "planned_until").unlink()


def wait_for(condition, seconds, what):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    raise SystemExit(f"gave up waiting for {what}")


def campaign(*, kills, slots, seed, settle, folder):
    rng = random.Random(seed)
    people = 50
    minutes = min(100, max(2, slots // people))
    write_configuration(folder, people)
    accepted, database = folder / "accepted.jsonl", folder / "var" / "nudger.db"
    with provider(accepted) as url, (folder / "log.jsonl").open("w") as log:
        variables = environment(folder, url)
        with daemon(variables, log):
            wait_for(lambda: accepted.exists() and len(accepted.read_text().splitlines()) >= people, 60, "first hellos")
        for number in range(kills):
            if number % 10 == 0:
                rewind(database, minutes * (number // 10 + 1) // max(1, kills // 10) + 1)
            with daemon(variables, log) as process:
                time.sleep(rng.uniform(0.8, 3.0))
                process.send_signal(signal.SIGKILL)
        open_ends = {"pending", "sending"} | ({"unknown"} if settle else set())
        with daemon(variables, log):
            wait_for(lambda: not open_ends & states(database), 420, "everything to come to an end")
        return verdict(accepted, nudges(database), kills)


def verdict(accepted, ledger, kills):
    held = Counter((m["to"], m["body"]) for m in map(json.loads, accepted.read_text().splitlines()))
    doubles = sum(count - 1 for count in held.values())
    missing = Counter(state for number, words, state in ledger if (number, words) not in held)
    return {
        "kills": kills,
        "slots": len(ledger),
        "held": len(held),
        "doubles": doubles,
        "missing": dict(missing),
        "states": dict(Counter(state for _, _, state in ledger)),
        "ok": doubles == 0 and set(missing) <= {"unknown", "pending"},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--slots", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--settle", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = campaign(**vars(arguments), folder=Path(folder))
    print(json.dumps(result))
    sys.exit(not result["ok"])


if __name__ == "__main__":
    main()
