"""Availability: may we intervene now at all? Asked when a slot is planned, and again just before each attempt."""

from dataclasses import dataclass
from datetime import datetime

from nudger.domain.nudges import NudgeState
from nudger.domain.recipients import Recipient


@dataclass(frozen=True, slots=True)
class Available:
    """Now is fine."""


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now, but still in time at `until`."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Not at all: the nudge ends in `state`."""

    state: NudgeState
    reason: str


Availability = Available | Deferred | Refused


def availability(recipient: Recipient, *, suppressed: bool, expires_at: datetime, now: datetime) -> Availability:
    """Say whether a nudge may go out to this person at `now`: never after an opt-out, too late, or in quiet hours."""
    if suppressed:
        return Refused(NudgeState.SUPPRESSED, "this address may not be used")
    if now > expires_at:
        return Refused(NudgeState.EXPIRED, "too late")
    quiet = recipient.quiet_hours
    if quiet is None or not quiet.cover(now.astimezone(recipient.zone).time()):
        return Available()
    until = quiet.end_after(now, recipient.zone)
    if until <= expires_at:
        return Deferred(until, f"quiet hours {quiet}")
    return Refused(NudgeState.WITHHELD, f"quiet hours {quiet}")
