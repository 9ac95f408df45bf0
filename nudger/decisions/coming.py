"""A nudge to come, as whoever looks ahead is told of it."""

from dataclasses import dataclass
from datetime import datetime

from nudger.domain.nudges import Nudge, NudgeState
from nudger.domain.reasons import ReasonCode
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Slot

_CONDITIONS = (ReasonCode.ONLY_IF, ReasonCode.NOT_IF)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A nudge to come: its slot, and what becomes of it. One that goes out is PENDING until `goes_out`."""

    slot: Slot
    nudge: Nudge
    recipient: Recipient

    @property
    def local(self) -> datetime:
        """The due time where the person is."""
        return self.slot.due.astimezone(self.recipient.zone)

    @property
    def uncalled_for(self) -> bool:
        """Whether it has a condition that does not hold: on most days, that is no news to anybody."""
        reason = self.nudge.status_reason
        return self.nudge.state is NudgeState.WITHHELD and reason is not None and reason.code in _CONDITIONS

    @property
    def goes_out(self) -> datetime | None:
        """When it goes out, or None if it does not, or waits for somebody's word."""
        return self.nudge.not_before if self.nudge.state is NudgeState.PENDING else None
