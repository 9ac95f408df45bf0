"""kill -9, again and again, at random moments of a busy minute: what do the providers hold, what does the ledger say?

    python tests/system/kill_campaign.py [--kills 300] [--slots 4000] [--seed 1]

A real daemon on a real SQLite ledger, sending to the stand-ins of Twilio over HTTP and of a mail server over SMTP. In
the middle third of the kills Twilio answers everything with 503. Questions about what is in doubt are hastened, so that
kills fall into them, too. In the end the last daemon lives until nothing is open.

Lost 0: every slot is held by its provider. Texts twice 0. A mail may be held twice, if a kill fell between its final dot
and the record; then both are the same mail to the byte. Every slot is recorded as sent. Prints one line of JSON; exit
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
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
STAND_INS = ROOT / "tests" / "channels"
PATIENCE = 300
"""Seconds to wait for everything to come to an end."""
EARLY = 0.15
"""How many kills do not wait for the first thing to be sent."""
MESSAGES = """library: campaign
messages:
"""
MESSAGE = """  - {{id: m{n}, component: mindfulness, practice: mindfulness, sms: "Words number {n}.",
     email: {{subject: "Number {n}", body: "Words number {n}."}}}}
"""
HELLO = """library: welcome
purpose: welcome
messages:
  - {id: hello, component: self-kindness, practice: support, sms: "Hello from {service}.",
     email: {subject: "Hello", body: "Hello from {service}."}}
"""
SCHEDULE = """schedules:
  - id: busy
    to: everyone
    when: {cron: "* * * * *"}
    late: 2 hours
"""


def write_configuration(folder, people):
    (folder / "schedules").mkdir()
    (folder / "messages").mkdir()
    (folder / "schedules" / "busy.yaml").write_text(SCHEDULE)
    (folder / "messages" / "campaign.yaml").write_text(MESSAGES + "".join(MESSAGE.format(n=n) for n in range(200)))
    (folder / "messages" / "welcome.yaml").write_text(HELLO)
    # Berlin's numbers: no law says when these may get a text, so that the hour of the test does not matter.
    rows = [f'  - {{id: s{n}, time_zone: UTC, sms: "+4930123{n:04}", quiet_hours: none}}\n' for n in range(people)]
    rows += [f"  - {{id: m{n}, time_zone: UTC, email: m{n}@example.org, quiet_hours: none}}\n" for n in range(people)]
    (folder / "recipients.yaml").write_text("recipients:\n" + "".join(rows))


@contextlib.contextmanager
def stand_in(name, *arguments):
    """Run a stand-in; yield the first line that it prints: where it listens."""
    command = [sys.executable, str(STAND_INS / name), "--latency", "5-60", *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def environment(folder, url, port):
    sys.path.insert(0, str(ROOT))
    from tests.channels.twilio_stand_in import ACCOUNT, NUMBER, TOKEN

    kept = {name: value for name, value in os.environ.items() if not name.startswith("NUDGER_")}
    return kept | {
        "NUDGER_CONFIG_DIR": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "NUDGER_TWILIO_ACCOUNT_SID": ACCOUNT,
        "NUDGER_TWILIO_AUTH_TOKEN": TOKEN,
        "NUDGER_TWILIO_FROM": NUMBER,
        "NUDGER_TWILIO_BASE_URL": url,
        "NUDGER_SMTP_HOST": "127.0.0.1",
        "NUDGER_SMTP_PORT": port,
        "NUDGER_SMTP_SECURITY": "none",
        "NUDGER_EMAIL_FROM": "Notes <notes@example.org>",
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


def ask(database, statement, *values):
    with contextlib.closing(sqlite3.connect(database, timeout=30)) as connection:
        rows = connection.execute(statement, values).fetchall()
        connection.commit()
        return rows


def rewind(database, minutes):
    """Say that the last minutes were never planned, so that they fall due now: a busy minute on demand."""
    ask(
        database,
        "update meta set value = strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', ?) where key = 'planned_until'",
        f"-{minutes} minutes",
    )


def hasten(database):
    """Let nothing wait for its next time: of asking, or of being sent once more."""
    moment = "strftime('%Y-%m-%d %H:%M:%S.000000', 'now')"
    for column in ("not_before", "ask_at"):
        ask(database, f"update nudges set {column} = {moment} where {column} > {moment}")


def planned_until(database):
    return ask(database, "select value from meta where key = 'planned_until'")[0][0]


def still_open(database):
    return ask(
        database, "select count(*) from nudges where state in ('pending', 'sending', 'held') or ask_at is not null"
    )[0][0]


def settled(database):
    hasten(database)
    return still_open(database) == 0


def accepted(log):
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def wait_for(condition, seconds, what, *, every=0.05):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(every)
    raise SystemExit(f"gave up waiting for {what}")


def campaign(*, kills, slots, seed, folder):
    rng = random.Random(seed)
    people = 25
    minutes = min(100, max(2, slots // (2 * people)))
    write_configuration(folder, people)
    texts, mails, away = folder / "texts.jsonl", folder / "mails.jsonl", folder / "away"
    database = folder / "var" / "nudger.db"
    with (
        stand_in("twilio_stand_in.py", "--log", texts, "--away", away) as url,
        stand_in("smtp_stand_in.py", "--log", mails) as port,
        (folder / "log.jsonl").open("w") as log,
    ):
        variables = environment(folder, url, port)
        with daemon(variables, log):
            wait_for(lambda: min(len(accepted(texts)), len(accepted(mails))) >= people, 60, "first hellos")
        started = None
        for number in range(kills):
            started = started or time.monotonic()
            if still_open(database) < 2 * people:
                past = minutes * (number + 1) // kills + 1 + int((time.monotonic() - started) / 60)
                rewind(database, past)
            hasten(database)
            (away.touch if kills / 3 <= number < kills * 2 / 3 else lambda: away.unlink(missing_ok=True))()
            cut_off(variables, log, texts, mails, rng)
        rewind(database, minutes + int((time.monotonic() - started) / 60) + 1)
        begun = datetime.now(UTC).isoformat()
        with daemon(variables, log):
            wait_for(lambda: planned_until(database) > begun, 60, "the last daemon to look")
            wait_for(lambda: settled(database), PATIENCE, "everything to come to an end", every=1)
        return verdict(database, accepted(texts), accepted(mails), kills)


def cut_off(variables, log, texts, mails, rng):
    """Let a daemon live until it sends, or now and then for a while that has nothing to do with that."""

    def size():
        return sum(each.stat().st_size for each in (texts, mails))

    patience = rng.uniform(0.5, 4) if rng.random() < EARLY else 20
    before, end = size(), time.monotonic() + patience
    with daemon(variables, log) as process:
        while size() == before and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(rng.choice([0, rng.uniform(0, 0.05), rng.uniform(0, 0.4)]))
        process.send_signal(signal.SIGKILL)


def verdict(database, texts, mails, kills):
    # Nobody gets the same words twice here, so words name a slot.
    rows = ask(
        database,
        "select nudges.id, channel, sms, text, state, status_code from nudges join recipients on recipients.id = recipient",
    )
    held_texts = Counter((each["to"], each["body"]) for each in texts)
    held_mails = Counter(each["message_id"] for each in mails)
    different = Counter(name for name, _ in {(each["message_id"], each["sha256"]) for each in mails})
    held = {
        nudge: held_texts[number, words] if channel == "sms" else held_mails[f"<{nudge}@example.org>"]
        for nudge, channel, number, words, _, _ in rows
    }
    result = {
        "kills": kills,
        "slots": dict(Counter(channel for _, channel, *_ in rows)),
        "lost": sum(count == 0 for count in held.values()),
        "texts twice": sum(count - 1 for count in held_texts.values()),
        "mails twice": sum(count - 1 for count in held_mails.values()),
        "mails that differ": sum(count - 1 for count in different.values()),
        "states": dict(Counter(state for *_, state, _ in rows)),
        "reasons": dict(Counter(reason for *_, reason in rows if reason)),
    }
    broken = result["lost"] or result["texts twice"] or result["mails that differ"] or set(result["states"]) != {"sent"}
    return result | {"ok": not broken}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--slots", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = campaign(**vars(arguments), folder=Path(folder))
    print(json.dumps(result))
    sys.exit(not result["ok"])


if __name__ == "__main__":
    main()
