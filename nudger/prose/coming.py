"""The words about a nudge to come that the table, the page and the JSON share."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from nudger.decisions.coming import Coming
from nudger.domain.nudges import NudgeState
from nudger.domain.schedules import Priority
from nudger.domain.sms_length import segments
from nudger.domain.vocabulary import Channel, RecipientId
from nudger.prose.english import local_day
from nudger.prose.reasons import english, english_in_short

PersonDay = tuple[RecipientId, date]


def note(each: Coming) -> str | None:
    """Say that a clock change moved it; None if it did not."""
    if not each.slot.moved:
        return None
    return f"{each.slot.wall:%H:%M} does not exist on {each.slot.local_date}, so it is {each.local:%H:%M}"


def waits(each: Coming) -> str | None:
    """Say until when it waits, by the person's clock, and why; None if it goes out at its time, or not at all."""
    if each.goes_out is None or each.goes_out == each.slot.due:
        return None
    local = each.goes_out.astimezone(each.recipient.zone)
    when = f"{local:%H:%M}" if local.date() == each.local.date() else local_day(local)
    reason = english(each.nudge.status_reason)
    return f"waits until {when}: {reason}" if reason else f"waits until {when}"


def held(each: Coming) -> str | None:
    """Say why it does not go out; None if it does."""
    if each.goes_out is not None:
        return None
    reason = english(each.nudge.status_reason)
    return f"may have gone out: {reason}" if each.nudge.state is NudgeState.UNKNOWN else f"held: {reason}"


def summary(theirs: Sequence[Coming]) -> str | None:
    """Say how many go out and what holds the others, the most frequent first; None where nothing is held."""
    reasons = Counter(english_in_short(each.nudge.status_reason) for each in theirs if each.goes_out is None)
    if not reasons:
        return None
    out = sum(each.goes_out is not None for each in theirs)
    told = "; ".join(f"{count} held: {reason}" for reason, count in reasons.most_common())
    return f"{out} of {len(theirs)} {'goes' if out == 1 else 'go'} out; {told}"


def sms_segments(each: Coming) -> int | None:
    """Return how many SMS its words make; None for an email, and without words."""
    decision = each.nudge.decision
    if decision.channel is not Channel.SMS or decision.rendered is None:
        return None
    return segments(decision.rendered.text).segments


def contested(coming: Iterable[Coming]) -> frozenset[PersonDay]:
    """Return the days of people on which priority may have decided: of different ones, something is held or waits."""
    priorities: dict[PersonDay, set[Priority]] = {}
    hindered: set[PersonDay] = set()
    for each in coming:
        day = _day(each)
        priorities.setdefault(day, set()).add(each.nudge.priority)
        if each.goes_out != each.slot.due:
            hindered.add(day)
    return frozenset(day for day in hindered if len(priorities[day]) > 1)


def priority(each: Coming, days: frozenset[PersonDay]) -> str | None:
    """Return its priority in words where priority may have decided; None where all is as usual."""
    if _day(each) not in days or each.nudge.priority is Priority.NORMAL:
        return None
    return f"{each.nudge.priority.name.lower()} priority"


def _day(each: Coming) -> PersonDay:
    return each.recipient.id, each.local.date()
