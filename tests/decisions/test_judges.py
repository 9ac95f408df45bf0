"""Our planner before judges that nobody here wrote, on random rules across clock changes; see `tests.judges`."""

import random
from collections import Counter
from datetime import UTC, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim

from tests.judges import DIFFERENCES, Judge, Kind, disagreement, draw_rule

RULES = 800
CRONS = 300


def from_dateutil(rule):
    zone_end = rule.hi + timedelta(days=3)
    found = takewhile(lambda at: at.astimezone(UTC) <= zone_end, iter(rule.dateutil()))
    return {at.astimezone(UTC) for at in found}


def from_cronsim(rule):
    start = (rule.lo - timedelta(days=1)).astimezone(ZoneInfo(rule.zone))
    found = CronSim(rule.recurrence.expression, start)
    return {at.astimezone(UTC) for at in takewhile(lambda at: at.astimezone(UTC) <= rule.hi, found)}


def judged(rules):
    """Return what nobody foresaw, and which differences came up how often."""
    seen, wrong = Counter(), []
    for rule, judge, theirs in rules:
        words, kinds = disagreement(rule, judge, theirs)
        seen.update(kinds)
        wrong += [words] if words else []
    return wrong, seen


@pytest.mark.slow
def test_dateutil_says_what_we_say_but_for_the_table():
    rng = random.Random(20261125)
    rules = [draw_rule(rng) for _ in range(RULES)]
    wrong, seen = judged((rule, Judge.DATEUTIL, from_dateutil(rule)) for rule in rules)
    assert not wrong, wrong[:3]
    assert all(seen[kind, Judge.DATEUTIL] for kind in Kind), seen


@pytest.mark.slow
def test_cronsim_itself_says_what_we_say_but_for_the_table():
    rng = random.Random(20261126)
    # Only Samoa skipped a date: it is drawn more often, so that this is judged too.
    rules = [draw_rule(rng, "cron", zone=rng.choice([None, None, "Pacific/Apia"])) for _ in range(CRONS)]
    wrong, seen = judged((rule, star(rule), from_cronsim(rule)) for rule in rules)
    assert not wrong, wrong[:3]
    ours = (Judge.CRONSIM, Judge.CRONSIM_STAR)
    assert all(seen[row.kind, row.judge] for row in DIFFERENCES if row.judge in ours), seen


def star(rule):
    minute, hour, *_ = rule.recurrence.expression.split()
    return Judge.CRONSIM_STAR if minute.startswith("*") or hour.startswith("*") else Judge.CRONSIM
