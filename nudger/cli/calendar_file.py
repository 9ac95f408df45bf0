"""What is to come as an iCalendar file (RFC 5545), for any calendar program."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from nudger.decisions.coming import Coming

_LENGTH = timedelta(minutes=5)


def calendar_file(coming: Sequence[Coming], *, name: str) -> str:
    """Return the file, of what goes out, at the moment at which it does; what is held back is left out.

    An event's UID comes from its slot, so importing a newer file moves it, never doubles it.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//nudger//preview//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for each in coming:
        if each.goes_out is not None:
            calendar.add_component(_event(each, each.goes_out))
    text: str = calendar.to_ical().decode("utf-8")
    return text


def _event(each: Coming, moment: datetime) -> Event:
    decision = each.nudge.decision
    assert decision.rendered is not None
    event = Event()
    event.add("uid", hashlib.sha256(str(each.nudge.key).encode()).hexdigest()[:32] + "@nudger")
    # UTC throughout: every calendar shows it in its reader's own time, and no zone tables need to travel.
    # DTSTAMP is the same whenever the file is made, so that the same plan is the same file.
    event.add("dtstamp", each.slot.due)
    event.add("dtstart", moment)
    event.add("dtend", moment + _LENGTH)
    event.add("summary", f"{each.slot.schedule} ({each.slot.recipient}, {decision.channel})")
    event.add("description", decision.rendered.text)
    event.add("transp", "TRANSPARENT")
    return event
