"""Whether a schedule has words enough: after how many days would everything that fits have been said once?"""

from collections import Counter
from collections.abc import Sequence

from nudger.config.checks.candidates import Candidates
from nudger.config.findings import Findings, Written
from nudger.decisions.planning.pace import usual_pace
from nudger.domain.limits import NO_LIMITS, Limits
from nudger.domain.messages import Message
from nudger.domain.schedules import Schedule
from nudger.domain.vocabulary import Channel, ChannelChoice

_ENOUGH = 30
"""Days. A schedule that repeats itself within a month has too little to say."""


def check_runways(
    findings: Findings, schedules: Sequence[Written[Schedule]], messages: Sequence[Message], limits: Limits = NO_LIMITS
) -> None:
    """Warn of schedules whose messages are soon used up; of the languages and channels, the best served counts.

    Not of a series, which is meant to end, nor of a schedule with a condition: nobody knows how often it comes.
    """
    candidates = Candidates(messages)
    for schedule in schedules:
        _check_runway(findings, schedule, candidates, limits)


def _check_runway(findings: Findings, schedule: Written[Schedule], candidates: Candidates, limits: Limits) -> None:
    value = schedule.value
    pace = _within(limits, usual_pace(value.recurrence))
    if not pace or value.selection.in_order or value.only_if is not None:
        return
    channels = list(Channel) if value.channel is ChannelChoice.PREFERRED else [Channel(value.channel.value)]
    fitting = Counter(
        (message.language, channel)
        for message in candidates.taken_by(value.selection)
        for channel in channels
        if message.speaks(channel)
    )
    most = max(fitting.values(), default=0)
    days = int(most * 7 / pace)
    if most and days < _ENOUGH:
        span = "within a day" if days < 1 else "in 1 day" if days == 1 else f"in {days} days"
        what = f"the {most} messages that fit are used up {span}" if most > 1 else "only one message fits"
        findings.warning(schedule.position.at("send"), what, "Then they come round again, the longest unseen first.")


def _within(limits: Limits, pace: float | None) -> float | None:
    """Return how many nudges a week can come of a pace, within everyone's limits."""
    if pace is None:
        return None
    per_day = [limits.per_day * 7] if limits.per_day is not None else []
    per_week = [limits.per_week] if limits.per_week is not None else []
    return min([pace, *per_day, *per_week])
