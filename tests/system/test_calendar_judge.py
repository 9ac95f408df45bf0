"""Our planner before a judge that nobody here wrote: `systemd-analyze calendar`; see `tests.judges` for the table."""

import random
import re
import shutil
import subprocess
import zoneinfo
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.judges import DIFFERENCES, Judge, disagreement, draw_rule

pytestmark = pytest.mark.system

RULES = 320
COUNT = 30
_ELAPSE = re.compile(r"(?:Next elapse|Iter\. #\d+|\(in UTC\)): \w+ (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC")
_STICKS = re.compile(r" 0?2:(4[5-9]|5\d):")
_STUCK = "Failed to determine next elapse"


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
        "TZDIR": next(folder for folder in zoneinfo.TZPATH if Path(folder).is_dir()),  # the very rules that we use
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=20)
    if _STUCK in done.stderr:
        return None
    assert done.returncode == 0, (expression, done.stderr)
    return sorted({datetime.fromisoformat(found).replace(tzinfo=UTC) for found in _ELAPSE.findall(done.stdout)})


def expressible(rng):
    while True:
        # Only Samoa skipped a date: it is drawn more often, so that this is judged too.
        rule = draw_rule(rng, zone=rng.choice([None] * 9 + ["Pacific/Apia"]))
        if rule.systemd:
            yield rule


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_says_what_we_say_but_for_the_table():
    rng, seen, wrong, stuck, compared = random.Random(20261123), Counter(), [], [], 0
    for rule, _ in zip(expressible(rng), range(RULES), strict=False):
        answers = [theirs(each, rule.zone, rule.lo) for each in rule.systemd]
        if None in answers:
            stuck.append((rule.zone, rule.systemd))
            continue
        # It stops after so many, and where it stops early we do too.
        hi = min([rule.hi, *(answer[-1] for answer in answers if len(answer) >= COUNT)])
        words, kinds = disagreement(rule, Judge.SYSTEMD, set().union(*answers), hi=hi)
        compared += sum(map(len, answers))
        seen.update(kinds)
        wrong += [words] if words else []
    assert not wrong, (len(wrong), wrong[:5])
    # It gives up on rules that name the first minutes of the gap at Chatham (another bug).
    assert all(zone == "Pacific/Chatham" and any(map(_STICKS.search, words)) for zone, words in stuck), stuck
    assert all(seen[row.kind, row.judge] for row in DIFFERENCES if row.judge is Judge.SYSTEMD), seen
    print(f"{compared} instants; {len(stuck)} rules that systemd gave up on, all at Chatham; {dict(seen)}")
