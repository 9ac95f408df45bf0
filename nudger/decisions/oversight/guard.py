"""The guard: when to stop and ask a person, because the clock or the numbers cannot be right."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from nudger.decisions.planning.plan import crowds
from nudger.decisions.points.decide import LATE
from nudger.decisions.snapshot import Snapshot
from nudger.domain.nudges import Nudge, NudgeState
from nudger.domain.reasons import Reason, ReasonCode

EARLIEST = datetime(2024, 1, 1, tzinfo=UTC)
"""Before this program was written: a machine without a battery clock wakes up in 1970, or near it."""

LONG_SILENCE = timedelta(days=60)
"""Longer than any outage: either the clock jumped, or so much time went by that a person should say go on."""

LOOKBACK = timedelta(days=7)
"""How far back missed slots are recorded one by one. Longer outages, or clocks years off, leave one event instead."""

_FEW = 20
"""So many late nudges are never a storm."""

_USUAL = 2
"""So many times the busiest hour of the schedules is more than an outage explains."""

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


class Storm(NamedTuple):
    """More than the schedules imply: so many late nudges at once, where the busiest hour of a day has `usual`."""

    coming: int
    usual: int


def doubt_about_clock(watermark: datetime | None, now: datetime) -> str:
    """Say why `now` cannot be believed; '' where it can. `watermark` is how far planning came."""
    if now < EARLIEST:
        return f"the clock says {now:%Y-%m-%d}, which is long over"
    if watermark is not None and now - watermark > LONG_SILENCE:
        return f"the clock says {now:%Y-%m-%d}, and the last look was on {watermark:%Y-%m-%d}"
    return ""


def storm(snapshot: Snapshot, *, since: datetime, now: datetime) -> Storm | None:
    """Say whether catching up from `since` to `now` would send far more than the schedules imply, or None."""
    coming = _late(snapshot, max(since, now - _DAY), now)
    if coming <= _FEW:
        return None
    usual = _busiest_hour(snapshot, now)
    return Storm(coming, usual) if coming > _USUAL * usual else None


def held_by_guard(nudge: Nudge, why: ReasonCode = ReasonCode.GUARDED) -> Nudge:
    """Return a waiting nudge as the guard holds it, until it is too late. Others stay as they are."""
    if nudge.state is not NudgeState.PENDING:
        return nudge
    return replace(nudge, state=NudgeState.HELD, status_reason=Reason(why), not_before=None)


def crowd_of_newcomers(newcomers: int, known: int) -> Storm | None:
    """Say whether so many first hellos at once look like a mistake, such as the wrong list imported.

    Not at the very beginning, when everybody is new.
    """
    return Storm(newcomers, known) if known and newcomers > max(_FEW, known) else None


def _late(snapshot: Snapshot, since: datetime, now: datetime) -> int:
    """Count the slots that are late by now, and would still go out."""
    found = crowds(snapshot.roster, since=since, until=now - LATE, seed=snapshot.seed) if since < now - LATE else ()
    return sum(count for schedule, due, count in found if due + snapshot.schedules[schedule].grace >= now)


def _busiest_hour(snapshot: Snapshot, now: datetime) -> int:
    hours: Counter[int] = Counter()
    for _, due, count in crowds(snapshot.roster, since=now - _DAY, until=now + _DAY, seed=snapshot.seed):
        hours[(due - EARLIEST) // _HOUR] += count
    return max(hours.values(), default=0)
