"""Our cron against a judge that nobody here wrote: `systemd-analyze calendar`, on random rules in zones that change.

Where the policies differ, on purpose, the case is set aside and counted:
  gap    a wall time that does not exist: systemd skips it, we send at the first instant after the gap

(A time that comes twice is taken once by both, the first time. Rules with several times an hour are not compared:
systemd passes over the whole repeated hour.)
"""

import random
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from nudger.decisions.plan import build_roster, slots
from tests.make import cron, make_recipient, make_schedule

pytestmark = pytest.mark.system

ZONES = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "Asia/Kolkata"]
DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
RULES = 150
COUNT = 12
_ELAPSE = re.compile(r"(?:Next elapse|Iter\. #\d+|\(in UTC\)): \w+ (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC")


def draw(rng):
    """Return one rule in both languages. (Cron joins day of month and day of week by OR, systemd by AND: one of them.)"""
    # Clocks change at night: half of the rules look there.
    minute, hour = rng.randrange(60), rng.choice([rng.randrange(24), rng.randrange(4)])
    kind = rng.choice(["daily", "weekly", "monthly", "yearly"])
    if kind == "weekly":
        days = sorted(rng.sample(range(7), rng.randint(1, 4)))
        return (
            f"{minute} {hour} * * {','.join(map(str, days))}",
            f"{','.join(DAYS[d] for d in days)} *-*-* {hour}:{minute}:00",
        )
    day, month = rng.randint(1, 31), rng.randint(1, 12)
    if kind == "monthly":
        return f"{minute} {hour} {day} * *", f"*-*-{day} {hour}:{minute}:00"
    if kind == "yearly":
        day = min(day, 28)
        return f"{minute} {hour} {day} {month} *", f"*-{month}-{day} {hour}:{minute}:00"
    return f"{minute} {hour} * * *", f"*-*-* {hour}:{minute}:00"


def theirs(expression, zone, since):
    command = [
        "systemd-analyze",
        "calendar",
        f"--iterations={COUNT}",
        f"--base-time={since:%Y-%m-%d %H:%M:%S}",
        f"{expression} {zone}",
    ]
    environment = {
        "TZ": "UTC",
        "TZDIR": str(files("tzdata").joinpath("zoneinfo")),
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
    }
    output = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=20).stdout
    return sorted({datetime.fromisoformat(found).replace(tzinfo=UTC) for found in _ELAPSE.findall(output)})


def ours(expression, zone, since, until):
    roster = build_roster([make_schedule(recurrence=cron(expression))], [make_recipient(time_zone=zone)])
    return slots(roster, since=since, until=until, seed="s")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_cron_agrees_with_systemd_wherever_the_policies_do():
    rng = random.Random(20261123)
    gaps = compared = 0
    for _ in range(RULES):
        expression, calendar = draw(rng)
        zone = rng.choice(ZONES)
        # Begin shortly before a change of clocks as often as not.
        change = rng.choice(
            [
                datetime(2025, 3, 7),
                datetime(2025, 10, 2),
                datetime(2025, 4, 3),
                datetime(2025, 9, 5),
                datetime(2025, 10, 29),
            ]
        )
        since = (change + timedelta(days=rng.randint(-2, 2), minutes=rng.randrange(1440))).replace(tzinfo=UTC)
        expected = theirs(calendar, zone, since)
        found = ours(expression, zone, since, expected[-1])
        gaps += sum(slot.moved for slot in found)
        plain = [slot.due for slot in found if not slot.moved]
        # When a moved one lands on a later one's instant we keep the later one, so the rest must agree exactly.
        compared += len(expected)
        assert plain == expected, (expression, zone, [d.astimezone(ZoneInfo(zone)) for d in set(plain) ^ set(expected)])
    assert compared > RULES * 5
    assert gaps
    print(f"{compared} instants of {RULES} rules agree; {gaps} gaps set aside")
