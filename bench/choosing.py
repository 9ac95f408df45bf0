"""Choosing: full decisions a second on one core, however large the library, beside a plain loop in the same run.

    python bench/choosing.py [--people 200]

Everybody has seen sixty messages. The plain loop is what one would write first: go through all messages, keep those
that fit and were not seen, `random.choice`; it balances nothing, explains nothing and cannot be repeated. Process time:
the median of the rounds, and the best; both take turns round by round, and the ratio is that of the medians, because
absolute numbers move with the machine. The last line says how fast the machine was in the same minute. The goal is a
median of 10,000 decisions a second, and flat from 80 to 5,000.
"""

import argparse
import gc
import random
import sys
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import process_time

sys.path.insert(0, str(Path(__file__).parent.parent))
from nudger.decisions.choosing.history import History
from nudger.decisions.points.decide import decide_slot
from nudger.domain.schedules import Slot
from nudger.domain.vocabulary import Component, Practice
from tests.make import make_message, make_recipient, make_schedule, make_snapshot, utc

DUE = utc("2026-11-23 13:30")
SIZES = (80, 600, 5000)
ROUNDS = 40


def prepare(size, people):
    components, practices = list(Component), list(Practice)
    messages = [
        make_message(f"m{n:05}", component=components[n % 3], practice=practices[n % 5], theme=f"t{n % 40}")
        for n in range(size)
    ]
    folk = [make_recipient(f"p{n}", time_zone="America/New_York", joined=date(2026, 1, 1)) for n in range(people)]
    snapshot = make_snapshot(schedules=[make_schedule()], messages=messages, recipients=folk)
    some = messages[:: max(1, size // 60)][:60]
    seen = {message.key: DUE - timedelta(days=60 - n) for n, message in enumerate(some)}
    slots = [Slot(person.id, "kind", DUE.date(), 0, DUE, DUE.time()) for person in folk]
    return snapshot, slots, History(seen=seen)


def decide(snapshot, slots, history):
    for slot in slots:
        decide_slot(snapshot, slot, history, now=DUE)


def plain(snapshot, slots, history):
    for _ in slots:
        random.choice(
            [m for m in snapshot.message_index.messages if m.email and m.language == "en" and m.key not in history.seen]
        )


def empty(_snapshot, _slots, _history):
    for _ in range(1_000_000):
        pass


def measure(work, prepared):
    began = process_time()
    work(*prepared)
    return process_time() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=200)
    people = parser.parse_args().people
    print("choosing, decisions a second on one core, 60 messages seen: the median (the best)")
    for size in SIZES:
        prepared = prepare(size, people)
        decide(*prepared)
        gc.collect()
        gc.freeze()  # as the service does: see wiring.reading
        rounds = [(measure(decide, prepared), measure(plain, prepared)) for _ in range(ROUNDS)]
        ours, simple = ([people / seconds for seconds in each] for each in zip(*rounds, strict=True))
        print(
            f"  {size:>5} messages   nudger {median(ours):8,.0f} ({max(ours):8,.0f})"
            f"   plain loop {median(simple):9,.0f} ({max(simple):9,.0f})   ratio {median(ours) / median(simple):6.2f}"
        )
    print(f"  a million turns of an empty loop: {1000 * median(measure(empty, prepared) for _ in range(5)):.0f} ms")


if __name__ == "__main__":
    main()
