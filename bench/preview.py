"""Looking ahead: whole commands in fresh processes, each as a part of the CPU time that it may take.

python bench/preview.py [--people 1000]
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
ZONES = ("America/New_York", "America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "Australia/Sydney")


def prepare(folder, people):
    """The shipped schedules and messages, and so many people in five zones, a third of them in groups."""
    folder.mkdir()
    for name in ("schedules", "messages"):
        (folder / name).symlink_to(ROOT / name)
    rows = (
        f"  - {{id: p{n}, name: Sam, time_zone: {ZONES[n % 5]}, email: p{n}@example.org"
        f"{', groups: [daily, journal]' if n % 3 == 0 else ''}}}\n"
        for n in range(people)
    )
    (folder / "recipients.yaml").write_text("recipients:\n" + "".join(rows))
    return folder


def measure(folder, *words):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUDGER_")}
    environment["NUDGER_STATE_DIR"] = str(folder / "var")
    command = [sys.executable, "-m", "nudger", "--config", str(folder), *words]
    began = cpu_seconds()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return cpu_seconds() - began


def cpu_seconds():
    """Return the CPU time of all child processes so far: unlike a clock's, it is the same on a busy machine."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=1000)
    people = parser.parse_args().people
    with tempfile.TemporaryDirectory() as name:
        one, many = prepare(Path(name) / "one", 1), prepare(Path(name) / "many", people)
        trials = {
            "preview, 1 person, 365 days": (3, one, "preview", "--days", "365"),
            f"preview, {people} people, 30 days": (30, many, "preview", "--days", "30", "--format", "json"),
            f"simulate, {people} people, 30 days": (30, one, "simulate", "--days", "30", "--recipients", str(people)),
        }
        print("looking ahead")
        for what, (limit, folder, *words) in trials.items():
            took = measure(folder, *words)
            print(f"  {what:<34} {took:6.1f} s   {took / limit:4.2f} of the {limit} s allowed")


if __name__ == "__main__":
    main()
