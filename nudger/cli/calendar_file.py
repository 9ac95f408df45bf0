"""What is to come as an iCalendar file (RFC 5545), for any calendar program."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from icalendar import Calendar, Event

from nudger.use_cases.preview import Coming

_LENGTH = timedelta(minutes=5)


def calendar_file(coming: Sequence[Coming], *, name: str) -> str:
    """Return the file. An event's UID comes from its slot, so importing a newer file moves it, never doubles it."""
    calendar = Calendar()
    calendar.add("prodid", "-//nudger//preview//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for each in coming:
        if each.nudge.decision.rendered is not None:
            calendar.add_component(_event(each))
    text: str = calendar.to_ical().decode("utf-8")
    return text


def _event(each: Coming) -> Event:
    decision = each.nudge.decision
    assert decision.rendered is not None
    event = Event()
    event.add("uid", hashlib.sha256(str(each.slot.key).encode()).hexdigest()[:32] + "@nudger")
    # UTC throughout: every calendar shows it in its reader's own time, and no zone tables need to travel.
    event.add("dtstamp", each.slot.due)
    event.add("dtstart", each.slot.due)
    event.add("dtend", each.slot.due + _LENGTH)
    event.add("summary", f"{each.slot.schedule} ({each.slot.recipient}, {decision.channel})")
    event.add("description", decision.rendered.text)
    event.add("transp", "TRANSPARENT")
    return event
