"""What is to come as one page for any browser: a week at a time, and then every word in order.

The page stands alone: no script, no picture, nothing from the network. Every word that comes from a file is escaped.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from string import Template

from nudger.cli import coming_words as words
from nudger.cli.screen import plural
from nudger.cli.week_style import STYLE
from nudger.decisions.planning.public_holidays import holiday_name
from nudger.domain.recipients import OnHardDay, Recipient
from nudger.domain.schedules import SlotKey
from nudger.domain.vocabulary import Channel
from nudger.use_cases.preview import Coming

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_BANDS = ((0, "early"), (4, "morning"), (11, "midday"), (16, "evening"), (20, "night"))
"""From which hour on which part of the day is a row of the week."""

_Anchor = Callable[[Coming], str]
"""Where on the page the whole words of a nudge are."""

_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>$title</title>
<style>$style</style>
</head>
<body>
<header>
<h1>$title</h1>
<p class="soft">$span. Looking sends nothing.</p>
$people
</header>
<main>
$body
</main>
<footer>Planned by $name as of $since UTC. It changes when the files, the people or what they have seen change.</footer>
</body>
</html>
""")


def week_page(
    coming: Sequence[Coming], people: Sequence[Recipient], *, name: str, since: datetime, first: date, last: date
) -> str:
    """Return the page, of what falls due on the local dates `first` to `last` and later than `since` (UTC)."""
    theirs: dict[str, list[Coming]] = {person.id: [] for person in people}
    for each in coming:
        theirs[each.recipient.id].append(each)
    parts = [
        "\n".join(_person(number, person, _Days.of(person, theirs[person.id], since, first, last)))
        for number, person in enumerate(people)
    ]
    return _PAGE.substitute(
        title=escape(f"What {name} is going to send"),
        style=STYLE,
        span=_span(max(first, since.date()), last),
        people=_contents(people) if len(people) > 1 else "",
        body="\n".join(parts) or "<p>There is nobody to send to yet.</p>",
        name=escape(name),
        since=f"{since.day} {since:%B %Y, %H:%M}",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Days:
    """What comes on the days of one person."""

    person: Recipient
    coming: Sequence[Coming]
    first: date
    last: date
    contested: frozenset[words.PersonDay]

    @classmethod
    def of(cls, person: Recipient, coming: Sequence[Coming], since: datetime, first: date, last: date) -> "_Days":
        begin = min(last, max(first, since.astimezone(person.zone).date()))
        return cls(person=person, coming=coming, first=begin, last=last, contested=words.contested(coming))

    def weeks(self) -> Iterator[date]:
        """Yield the Monday of each week."""
        monday = self.first - self.first.weekday() * _DAY
        while monday <= self.last:
            yield monday
            monday += _WEEK


def _contents(people: Iterable[Recipient]) -> str:
    links = (f'<li><a href="#person-{n}">{escape(_called(person))}</a></li>' for n, person in enumerate(people))
    return f'<nav aria-label="People"><ul class="people">{"".join(links)}</ul></nav>'


def _called(person: Recipient) -> str:
    if not person.name or person.name.casefold() == person.id.casefold():
        return person.name or person.id
    return f"{person.name} ({person.id})"


def _person(number: int, person: Recipient, days: _Days) -> Iterator[str]:
    yield f'<section class="person" aria-labelledby="person-{number}">'
    numbered = {each.slot.key: f"nudge-{number}-{n}" for n, each in enumerate(days.coming)}
    for count, monday in enumerate(days.weeks()):
        yield '<div class="sheet">'  # a page of its own on paper
        if count == 0:
            yield f'<h2 id="person-{number}">{escape(_called(person))}</h2>'
            yield f'<p class="soft">{escape(_summary(days))}</p>'
        else:
            yield f'<p class="paper-only">{escape(_called(person))}</p>'
        yield from _week(days, monday, lambda each: numbered[each.slot.key])
        yield "</div>"
    yield from _all_in_full(days, numbered)
    yield "</section>"


def _all_in_full(days: _Days, numbered: Mapping[SlotKey, str]) -> Iterator[str]:
    """Closed until it is asked for: a browser opens it by itself when a time in the week leads there."""
    if not days.coming:
        yield "<p>Nothing is planned for these days.</p>"
        return
    yield '<details><summary>In full, in order</summary><ol class="full">'
    for each in days.coming:
        yield f'<li id="{numbered[each.slot.key]}">{_in_full(each, days)}</li>'
    yield "</ol></details>"


def _summary(days: _Days) -> str:
    counts = Counter(each.nudge.decision.channel if each.goes_out else None for each in days.coming)
    parts = [
        plural(counts[Channel.SMS], "text message") if counts[Channel.SMS] else "",
        plural(counts[Channel.EMAIL], "email") if counts[Channel.EMAIL] else "",
        f"{counts[None]} held back" if counts[None] else "",
        f"times are those of {days.person.time_zone}",
    ]
    return ", ".join(part for part in parts if part)


def _week(days: _Days, monday: date, anchor: _Anchor) -> Iterator[str]:
    mine = [each for each in days.coming if monday <= each.slot.local_date < monday + _WEEK]
    bands = sorted({_band(each) for each in mine})
    yield f"<h3>{_span(monday, monday + _WEEK - _DAY)}</h3>"
    yield f'<div class="week" style="--rows: {len(bands) + 1}">'
    for row, band in enumerate(bands, start=2):
        yield f'<p class="band-name" aria-hidden="true" style="grid-row: {row}">{_BANDS[band][1]}</p>'
    for number in range(7):
        day = monday + number * _DAY
        today = [each for each in mine if each.slot.local_date == day]
        yield from _day(days, day, [[each for each in today if _band(each) == band] for band in bands], anchor)
    yield "</div>"


def _day(days: _Days, day: date, rows: Sequence[Sequence[Coming]], anchor: _Anchor) -> Iterator[str]:
    outside = not days.first <= day <= days.last
    yield f'<section class="day{" outside" if outside else ""}" style="grid-column: {day.weekday() + 2}">'
    marks = "" if outside else "".join(f"<li>{escape(mark)}</li>" for mark in _marks(days.person, day))
    listed = f'<ul class="marks">{marks}</ul>' if marks else ""
    yield f'<div><h4><time datetime="{day}">{day:%a} {day.day} {day:%b}</time></h4>{listed}</div>'
    for row, found in enumerate(rows, start=2):
        if found:
            cards = "".join(_card(each, days, anchor(each)) for each in found)
            yield f'<div class="band" style="grid-row: {row}">{cards}</div>'
    yield "</section>"


def _marks(person: Recipient, day: date) -> Iterator[str]:
    """Say what is special about a day: it may explain why less is sent."""
    if person.region and (holiday := holiday_name(person.region, day)):
        yield holiday
    if pause := person.pause_on(day):
        yield f"paused until {pause.last}"
    if hard := person.hard_day_on(day):
        yield "a hard day: nothing is sent" if hard is OnHardDay.HOLD else "a hard day: only gentle words"


def _band(each: Coming) -> int:
    return max(number for number, (hour, _) in enumerate(_BANDS) if each.local.hour >= hour)


def _card(each: Coming, days: _Days, anchor: str) -> str:
    kind = "held" if each.goes_out is None else each.nudge.decision.channel
    return (
        f'<article class="nudge {kind}"><p class="when"><a href="#{anchor}">{_time(each, f"{each.local:%H:%M}")}</a> '
        f'<span class="tag">{_channel(each)}</span></p>{_schedule(each)}{_words(each)}{_notes(each, days)}</article>'
    )


def _in_full(each: Coming, days: _Days) -> str:
    when = f"{each.local:%A} {each.local.day} {each.local:%B}, {each.local:%H:%M}"
    return f"<h4>{_time(each, when)}, {_channel(each)}</h4>{_schedule(each)}{_words(each)}{_notes(each, days)}"


def _time(each: Coming, said: str) -> str:
    return f'<time datetime="{each.local.isoformat()}">{said}</time>'


def _channel(each: Coming) -> str:
    if each.goes_out is None:
        return "not sent"
    count = words.sms_segments(each)
    return "email" if count is None else f"SMS, {plural(count, 'segment')}"


def _schedule(each: Coming) -> str:
    return f'<p class="schedule">{escape(each.slot.schedule)}</p>'


def _words(each: Coming) -> str:
    rendered = each.nudge.decision.rendered
    if each.goes_out is None or rendered is None:
        return ""
    if each.nudge.decision.channel is Channel.SMS:
        return f'<p class="words bubble"{_language(each)}>{_lines(rendered.text)}</p>'
    paragraphs = "".join(f"<p>{_lines(part.strip())}</p>" for part in rendered.text.split("\n\n") if part.strip())
    subject = f'<p class="subject">{escape(rendered.subject or "")}</p>'
    return f'<div class="words letter"{_language(each)}>{subject}{paragraphs}</div>'


def _language(each: Coming) -> str:
    """The page speaks English; a screen reader must know where the words do not (WCAG 2.2, 3.1.2)."""
    language = each.recipient.language
    return "" if language.partition("-")[0] == "en" else f' lang="{escape(language)}"'


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _notes(each: Coming, days: _Days) -> str:
    notes = (words.held(each), words.note(each), words.waits(each), words.priority(each, days.contested))
    told = ". ".join(note[0].upper() + note[1:] for note in notes if note)
    return f'<p class="notes">{escape(told)}.</p>' if told else ""


def _span(first: date, last: date) -> str:
    """Return `23 to 29 November 2026`, leaving out what the second date says anyway."""
    if first == last:
        return f"{last.day} {last:%B %Y}"
    month = "" if (first.year, first.month) == (last.year, last.month) else f" {first:%B}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day}{month}{year} to {last.day} {last:%B %Y}"
