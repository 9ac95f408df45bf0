"""What tells an edited schedule from one that nobody touched, in another process."""

import os
import subprocess
import sys

from nudger.decisions.oversight.changes import timings
from tests.make import make_schedule

PROGRAM = """
from datetime import date
from nudger.decisions.oversight.changes import timings
from nudger.domain.schedules import At, Calendar, OnDates
from tests.make import make_schedule
dates = OnDates(dates=frozenset(date(2026, 11, day) for day in range(1, 30)), yearly=frozenset({(12, 24), (11, 3)}))
print(timings([make_schedule(recurrence=Calendar(dates=dates, times=At(times=("morning",))))]))
"""


def test_a_timing_is_called_the_same_in_every_process():
    said = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "123"
    }
    assert len(said) == 1


def test_another_time_is_another_timing_and_other_words_are_not():
    assert timings([make_schedule(at="09:00")]) != timings([make_schedule(at="09:01")])
    assert timings([make_schedule()]) == timings([make_schedule(about="Words.")])
