"""What `nudger preview` shows on a terminal."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from nudger.cli.screen import excerpt, fitted
from nudger.decisions.coming import Coming
from nudger.domain.vocabulary import ScheduleId
from nudger.prose import coming as words
from nudger.prose.english import day as day_in_short
from nudger.prose.english import plural
from nudger.use_cases.hold import SendingBlocked
from nudger.use_cases.prospect import Prospect


def preview_table(prospect: Prospect) -> Iterator[str]:
    """Yield what is to come for each person, day by day."""
    if not prospect.people:
        yield "There is nobody to send to yet: write recipients.yaml, or `nudger recipients import people.csv`."
        return
    if still := _standing_still(prospect.blocked):
        yield f"{still}\n"
    if not prospect.both:
        yield "Nothing is planned for these days."
    if prospect.span.past_from is not None:
        yield "As it would have been, by the files as they are now (what was sent: nudger why ID DATE):\n"
        yield from _people(prospect, prospect.past)
        if prospect.coming:
            yield "\nTo come:\n"
    yield from _people(prospect, prospect.coming)
    if sometimes := sorted({each.slot.schedule for each in prospect.both} - _shown(prospect)):
        yield f"\nOnly when something holds, as nudger explain says: {', '.join(sometimes)}"


def _shown(prospect: Prospect) -> set[ScheduleId]:
    return {each.slot.schedule for each in prospect.both if not each.uncalled_for}


def _people(prospect: Prospect, coming: Sequence[Coming]) -> Iterator[str]:
    by_person: dict[str, list[Coming]] = {}
    for each in coming:
        if not each.uncalled_for:
            by_person.setdefault(each.recipient.id, []).append(each)
    named = prospect.everybody > 1 or any(each.local.utcoffset() != _here(each) for each in coming)
    for number, (person, theirs) in enumerate(sorted(by_person.items())):
        if named:
            yield f"{chr(10) if number else ''}{person}  ({theirs[0].recipient.time_zone})"
        yield from _days(theirs)
        if summary := words.summary(theirs):
            yield summary


def _here(each: Coming) -> timedelta | None:
    """Where a person's clock is not this machine's, it is said whose times these are."""
    return each.slot.due.astimezone().utcoffset()


def _days(theirs: Sequence[Coming]) -> Iterator[str]:
    width = max(len(each.slot.schedule) for each in theirs)
    days = words.contested(theirs)
    day = None
    for each in theirs:
        heading = day_in_short(each.local) if each.local.date() != day else ""
        day = each.local.date()
        channel = "–" if each.goes_out is None else each.nudge.decision.channel
        start = f"{heading:<10}  {each.local:%H:%M}  {channel:<5}  {each.slot.schedule:<{width}}  "
        yield fitted(start + _words(each, days), indent=len(start))


def _words(each: Coming, days: frozenset[words.PersonDay]) -> str:
    rendered = each.nudge.decision.rendered
    why_not = words.held(each)
    if why_not is not None or rendered is None:
        said, length = why_not or "held", None
    else:
        said, length = excerpt(rendered.subject or rendered.text), words.sms_segments(each)
    notes = [words.note(each), words.waits(each), words.priority(each, days), length and plural(length, "segment")]
    told = "; ".join(note for note in notes if note)
    return f"{said}  ({told})" if told else said


def _standing_still(blocked: SendingBlocked) -> str:
    """Say what keeps everything from going out; '' where nothing does."""
    if blocked.hold:
        return "Everything is on hold: nothing of this goes out until `nudger release`."
    if blocked.doubt:
        return f"The clock is not believed ({blocked.doubt}): nothing of this goes out. See `nudger guard`."
    return ""
