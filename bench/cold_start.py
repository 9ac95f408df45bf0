"""Cold start: `nudger check` of the shipped files against bare Python, fresh processes in turn.

python bench/cold_start.py [--rounds 7]
"""

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[1]
CONTENDERS = {
    "bare python": ["-c", "pass"],
    "nudger --version": ["-m", "nudger", "--version"],
    "nudger check": ["-m", "nudger", "check"],
    "nudger preview": ["-m", "nudger", "preview"],
}


def measure(words):
    # The shipped files alone: nobody's recipients.yaml, and bytecode kept as it is on any other day.
    dropped = ("NUDGER_", "PYTHONDONTWRITEBYTECODE")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    environment["NUDGER_STATE_DIR"] = "/nonexistent"
    began = perf_counter()
    subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return (perf_counter() - began) * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    times = {name: [] for name in CONTENDERS}
    for _ in range(rounds + 1):
        for name, words in CONTENDERS.items():
            times[name].append(measure(words))
    medians = {name: statistics.median(found[1:]) for name, found in times.items()}  # the first round warms up
    print(f"cold start, median of {rounds}")
    for name, median in medians.items():
        print(f"  {name:<19} {median:6.0f} ms   {median - medians['bare python']:+6.0f} ms over bare python")


if __name__ == "__main__":
    main()
