"""What is to come as one page for any browser: a week at a time, and then every word in order.

What stands where is worked out here; `templates/week.html` and `week.css` say how it looks.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from nudger.decisions.coming import Coming
from nudger.decisions.planning.public_holidays import holiday_name
from nudger.domain.messages import Rendered
from nudger.domain.recipients import OnHardDay, Recipient
from nudger.domain.schedules import SlotKey
from nudger.domain.vocabulary import Channel
from nudger.prose import coming as words
from nudger.prose.english import plural
from nudger.prose.pages import template

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_BANDS = ((0, "early"), (4, "morning"), (11, "midday"), (16, "evening"), (20, "night"))
"""From which hour on which part of the day is a row of the week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    """The words of an email."""

    subject: str
    paragraphs: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Nudge:
    """One nudge: `moment` for machines, `time` on its day, `when` in the list of all; `anchor` leads from day to list.

    `kind` is its channel, or `held`. It has a `bubble` (SMS), a `letter`, or no words. `language` is '' for English,
    which the page speaks: a screen reader must know where the words do not (WCAG 2.2, 3.1.2).
    """

    anchor: str
    kind: str
    moment: str
    time: str
    when: str
    channel: str
    schedule: str
    language: str
    bubble: str
    letter: _Letter | None
    notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """One day. `bands` are the nudges for each row of its week; a day `outside` of what was asked for is empty."""

    date: date
    said: str
    outside: bool
    marks: Sequence[str]
    bands: Sequence[Sequence[_Nudge]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Week:
    """From Monday to Sunday; a row for each part of the day that has something."""

    span: str
    bands: Sequence[str]
    days: Sequence[_Day]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """All that comes to one person."""

    number: int
    called: str
    summary: str
    weeks: Sequence[_Week]
    nudges: Sequence[_Nudge]


def week_page(
    coming: Sequence[Coming], people: Sequence[Recipient], *, name: str, since: datetime, first: date, last: date
) -> str:
    """Return the page, of what falls due on the local dates `first` to `last` and later than `since` (UTC)."""
    theirs: dict[str, list[Coming]] = {person.id: [] for person in people}
    for each in coming:
        theirs[each.recipient.id].append(each)
    return template("week.html").render(
        name=name,
        span=_span(max(first, since.date()), last),
        since=f"{since.day} {since:%B %Y, %H:%M}",
        people=[
            _person(number, _Days.of(person, theirs[person.id], since, first, last))
            for number, person in enumerate(people)
        ],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Days:
    """What comes on the days of one person."""

    person: Recipient
    coming: Sequence[Coming]
    first: date
    last: date

    @classmethod
    def of(cls, person: Recipient, coming: Sequence[Coming], since: datetime, first: date, last: date) -> "_Days":
        begin = min(last, max(first, since.astimezone(person.zone).date()))
        return cls(person=person, coming=coming, first=begin, last=last)

    def weeks(self) -> Iterator[date]:
        """Yield the Monday of each week."""
        monday = self.first - self.first.weekday() * _DAY
        while monday <= self.last:
            yield monday
            monday += _WEEK


def _person(number: int, days: _Days) -> _Person:
    contested = words.contested(days.coming)
    nudges = {each.slot.key: _nudge(each, f"nudge-{number}-{n}", contested) for n, each in enumerate(days.coming)}
    return _Person(
        number=number,
        called=_called(days.person),
        summary=_summary(days),
        weeks=[_week(days, monday, nudges) for monday in days.weeks()],
        nudges=list(nudges.values()),
    )


def _called(person: Recipient) -> str:
    if not person.name or person.name.casefold() == person.id.casefold():
        return person.name or person.id
    return f"{person.name} ({person.id})"


def _summary(days: _Days) -> str:
    counts = Counter(each.nudge.decision.channel if each.goes_out else None for each in days.coming)
    parts = [
        plural(counts[Channel.SMS], "text message") if counts[Channel.SMS] else "",
        plural(counts[Channel.EMAIL], "email") if counts[Channel.EMAIL] else "",
        f"{counts[None]} held back" if counts[None] else "",
        f"times are those of {days.person.time_zone}",
    ]
    return ", ".join(part for part in parts if part)


def _week(days: _Days, monday: date, nudges: Mapping[SlotKey, _Nudge]) -> _Week:
    mine = [each for each in days.coming if monday <= each.slot.local_date < monday + _WEEK]
    bands = sorted({_band(each) for each in mine})
    week = [monday + number * _DAY for number in range(7)]
    return _Week(
        span=_span(monday, week[-1]),
        bands=[_BANDS[band][1] for band in bands],
        days=[
            _day(
                days,
                day,
                [
                    [nudges[each.slot.key] for each in mine if each.slot.local_date == day and _band(each) == band]
                    for band in bands
                ],
            )
            for day in week
        ],
    )


def _band(each: Coming) -> int:
    return max(number for number, (hour, _) in enumerate(_BANDS) if each.local.hour >= hour)


def _day(days: _Days, day: date, bands: Sequence[Sequence[_Nudge]]) -> _Day:
    outside = not days.first <= day <= days.last
    return _Day(
        date=day,
        said=f"{day:%a} {day.day} {day:%b}",
        outside=outside,
        marks=[] if outside else list(_marks(days.person, day)),
        bands=bands,
    )


def _marks(person: Recipient, day: date) -> Iterator[str]:
    """Say what is special about a day: it may explain why less is sent."""
    if person.region and (holiday := holiday_name(person.region, day)):
        yield holiday
    if pause := person.pause_on(day):
        yield f"paused until {pause.last}"
    if hard := person.hard_day_on(day):
        yield "a hard day: nothing is sent" if hard is OnHardDay.HOLD else "a hard day: only gentle words"


def _nudge(each: Coming, anchor: str, contested: frozenset[words.PersonDay]) -> _Nudge:
    local, decision, language = each.local, each.nudge.decision, each.recipient.language
    rendered = decision.rendered if each.goes_out else None
    is_sms = decision.channel is Channel.SMS
    notes = (words.held(each), words.note(each), words.waits(each), words.priority(each, contested))
    told = ". ".join(note[0].upper() + note[1:] for note in notes if note)
    return _Nudge(
        anchor=anchor,
        kind=(each.goes_out and decision.channel) or "held",
        moment=local.isoformat(),
        time=f"{local:%H:%M}",
        when=f"{local:%A} {local.day} {local:%B}, {local:%H:%M}",
        channel=_channel(each),
        schedule=each.slot.schedule,
        language="" if language.partition("-")[0] == "en" else language,
        bubble=rendered.text if rendered and is_sms else "",
        letter=_letter(rendered) if rendered and not is_sms else None,
        notes=told and f"{told}.",
    )


def _channel(each: Coming) -> str:
    if each.goes_out is None:
        return "not sent"
    count = words.sms_segments(each)
    return "email" if count is None else f"SMS, {plural(count, 'segment')}"


def _letter(rendered: Rendered) -> _Letter:
    paragraphs = (part.strip() for part in rendered.text.split("\n\n"))
    return _Letter(subject=rendered.subject or "", paragraphs=[part for part in paragraphs if part])


def _span(first: date, last: date) -> str:
    """Return `23 to 29 November 2026`, leaving out what the second date says anyway."""
    if first == last:
        return f"{last.day} {last:%B %Y}"
    month = "" if (first.year, first.month) == (last.year, last.month) else f" {first:%B}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day}{month}{year} to {last.day} {last:%B %Y}"
