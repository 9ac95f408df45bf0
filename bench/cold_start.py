"""Cold start: what short commands cost the processor, against bare Python, fresh processes in turn, nothing kept.

python bench/cold_start.py [--rounds 7]

`preview` and `status` are for one person, before the first start and with a ledger. The last column has the same as
multiples of bare Python's start, and what they were in the autumn of 2026 (7dbdf8f, 603 messages).

`check` is measured on the shipped files, and on the same with ten times the messages, so that what each message more
costs can be seen.
"""

import argparse
import os
import re
import shutil
import statistics
import string
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
TIMES = 10
BEFORE = {
    "nudger check": 67,
    "nudger preview": 43,
    "nudger preview, ledger": 61,
    "nudger status": 57,
    "nudger status, ledger": 63,
}
LETTERS = string.ascii_lowercase


def grown(folder):
    """Write a configuration with the messages of the shipped one TIMES over; return how many are shipped."""
    shutil.copytree(ROOT / "schedules", folder / "schedules")
    (folder / "messages").mkdir()
    shipped = 0
    for path in sorted((ROOT / "messages").glob("*.yaml")):
        shutil.copy(path, folder / "messages")
        library = yaml.safe_load(path.read_text())
        shipped += len(library["messages"])
        for number in range(1, TIMES):
            copy = {**library, "library": f"{library['library']}-{number}"}
            copy["messages"] = [reworded(message, number) for message in library["messages"]]
            words = yaml.safe_dump(copy, sort_keys=False, allow_unicode=True, width=100)
            (folder / "messages" / f"{path.stem}-{number}.yaml").write_text(words)
    return shipped


def reworded(message, number):
    """Return a message with other letters in its longer words: of the same length, and no near duplicate."""

    def shift(found):
        if found[0].startswith("{"):
            return found[0]
        return "".join(LETTERS[(LETTERS.index(letter) + number) % len(LETTERS)] for letter in found[0])

    def text(value):
        return re.sub(r"\{[^{}]*\}|\b[a-z]{4,}\b", shift, value)

    changed = {key: text(message[key]) for key in ("sms",) if key in message}
    if "email" in message:
        changed["email"] = {key: text(value) for key, value in message["email"].items()}
    return message | changed


def inhabited(folder):
    """Write the shipped configuration with one person."""
    for name in ("schedules", "messages"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "recipients.yaml").write_text(
        "recipients:\n  - {id: ana, time_zone: Europe/Berlin, email: ana@example.org, groups: [daily]}\n"
    )


def measure(words):
    # Bytecode is kept as on any other day.
    dropped = ("NUDGER_", "PYTHONDONTWRITEBYTECODE", "STATE_DIRECTORY")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    environment["XDG_CACHE_HOME"] = "/nonexistent"
    process = subprocess.Popen([sys.executable, *words], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)} ended with exit status {process.returncode}")
    return (used.ru_utime + used.ru_stime) * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as home:
        shipped = grown(Path(folder))
        inhabited(Path(home) / "new")
        inhabited(Path(home) / "old")
        for word in ("hold", "release"):  # the least that makes a ledger
            measure(["-m", "nudger", "--config", f"{home}/old", word])
        preview, status = ["preview", "--days", "30", "--recipient", "ana"], ["status"]
        contenders = {
            "bare python": ["-c", "pass"],
            "nudger --version": ["-m", "nudger", "--version"],
            "nudger check": ["-m", "nudger", "check", "."],
            f"nudger check, {TIMES} times": ["-m", "nudger", "check", folder],
            "nudger preview": ["-m", "nudger", "--config", f"{home}/new", *preview],
            "nudger preview, ledger": ["-m", "nudger", "--config", f"{home}/old", *preview],
            "nudger status": ["-m", "nudger", "--config", f"{home}/new", *status],
            "nudger status, ledger": ["-m", "nudger", "--config", f"{home}/old", *status],
        }
        times = {name: [] for name in contenders}
        for _ in range(rounds + 1):
            for name, words in contenders.items():
                times[name].append(measure(words))
    medians = {name: statistics.median(found[1:]) for name, found in times.items()}  # the first round warms up
    print(f"cold start, processor time, median of {rounds}")
    for name, median in medians.items():
        ratio = f"{median / medians['bare python']:5.1f} times" + (
            f" ({BEFORE[name]} before)" if name in BEFORE else ""
        )
        print(f"  {name:<24} {median:6.0f} ms   {median - medians['bare python']:+6.0f} ms over bare python   {ratio}")
    more = (medians[f"nudger check, {TIMES} times"] - medians["nudger check"]) / (shipped * (TIMES - 1))
    print(f"  {'each message more':<24} {more:6.2f} ms   ({shipped} are shipped)")


if __name__ == "__main__":
    main()
