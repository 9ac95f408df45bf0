"""From what a rehearsal of the coming year found to warnings, each at the place in the files that causes it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from nudger.config.checks.references import ParsedFiles
from nudger.config.checks.rehearsal_words import gets, keys_of, remedy, said_elsewhere, why_never
from nudger.config.findings import Findings, Position, Written
from nudger.config.flaws import named, quote
from nudger.config.limits import place_of_limits
from nudger.config.yaml.tree import Mapping as Keys
from nudger.decisions.choosing.kinds import Kind
from nudger.domain.recipients import DEFAULT_QUIET_HOURS, QuietHours, Recipient
from nudger.domain.schedules import Schedule
from nudger.domain.vocabulary import RecipientId
from nudger.prose.english import day_in_words
from nudger.prose.reasons import english
from nudger.use_cases.kind_year import YEAR
from nudger.use_cases.year_ahead import Dry, Never, Outlook, Squeezed, Why, why

IMPORTED = "imported people"
"""Stands for the file of those who are in none."""

_SHOWN = 5
"""So many warnings of one sort about people; the others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cause:
    """Why a person gets nothing at all, and which of their keys has it."""

    key: str
    what: str
    hint: str = ""


def note_outlook(findings: Findings, outlook: Outlook, configuration: ParsedFiles, *, now: datetime) -> None:
    """Note what the coming year will not bring, whom it brings nothing, and what runs dry. `now` is in UTC."""
    today = now.date()
    schedules, people = configuration.schedules, configuration.people
    places = {written.value.id: written.position for written in people}
    causes = {id(kind): cause for kind in outlook.silent if (cause := _own_cause(kind, outlook.nevers, today))}
    silent = [(kind, causes.get(id(kind)) or _several_causes(kind, outlook)) for kind in outlook.silent]
    _note_people(findings, [(kind, cause) for kind, cause in silent if cause is not None], places)
    _note_not_meant(findings, outlook, schedules, places)
    _note_joining(findings, outlook.kinds, places, now)
    for written in schedules:
        name = written.value.id
        nevers = [each for each in outlook.nevers if each.question.schedule == name and id(each.kind) not in causes]
        kinds = [kind for kind in outlook.kinds if written.value.audience.includes(kind.example)]
        others = [kind for kind in kinds if id(kind) not in causes]
        _note_schedule(findings, written, nevers, others, silent=outlook.silent, today=today)
        _note_end(findings, written, [each for each in outlook.dry if each.schedule == name])
    _note_squeezed(findings, _untold(outlook), places, place_of_limits(configuration.schedule_files))


def _note_schedule(
    findings: Findings,
    written: Written[Schedule],
    nevers: Sequence[Never],
    kinds: Sequence[Kind],
    *,
    silent: Sequence[Kind],
    today: date,
) -> None:
    """Note what of a schedule nobody gets, else who never gets it, else which of its times never come."""
    whole = [each for each in nevers if each.question.ordinal is None]
    missed = {id(each.kind) for each in whole}
    if whole and all(id(kind) in missed for kind in kinds):
        largest = max(whole, key=lambda each: each.kind.count)
        if said_elsewhere(largest, written.value):
            return
        what = f"in the coming year nobody gets anything of {quote(written.value.id)}: "
        _warn(findings, written, largest, what, today)
        return
    gone = {id(kind) for kind in silent}
    some = [each for each in whole if id(each.kind) not in gone and _worth_telling(each)]
    for those in _by_reason(some):
        count = sum(each.kind.count for each in those)
        who = named([person.id for each in those for person in each.kind.people], count)
        what = f"in the coming year {who} {gets(count)} nothing of {quote(written.value.id)}: "
        _warn(findings, written, max(those, key=lambda each: each.kind.count), what, today)
    _note_times(findings, written, nevers, kinds, missed, today)


def _worth_telling(never: Never) -> bool:
    """Say whether it is news that some get nothing of a schedule: not where a condition or a group says so."""
    return bool(never.reasons) and why(never.reason) in (Why.QUIET, Why.LEGAL, Why.WORDS)


def _by_reason(nevers: Iterable[Never]) -> Iterator[list[Never]]:
    sorts: dict[object, list[Never]] = defaultdict(list)
    for each in nevers:
        sort = why(each.reason)
        sorts[(sort, each.kind.example.language if sort is Why.WORDS else "")].append(each)
    yield from sorts.values()


def _note_times(
    findings: Findings,
    written: Written[Schedule],
    nevers: Sequence[Never],
    kinds: Sequence[Kind],
    missed: set[int],
    today: date,
) -> None:
    """Note those of several times at which nobody ever gets anything."""
    single: dict[int, list[Never]] = defaultdict(list)
    for each in nevers:
        if each.question.ordinal is not None:
            single[each.question.ordinal].append(each)
    left = [kind for kind in kinds if id(kind) not in missed]
    for ordinal, those in sorted(single.items()):
        if all(any(each.kind is kind for each in those) for kind in left) and _worth_telling(those[0]):
            position = written.position.at("when", "at", ordinal)
            what = f"in the coming year nobody gets anything of {quote(written.value.id)} at this time: "
            largest = max(those, key=lambda each: each.kind.count)
            reason = why_never(largest, written.value, today=today)
            findings.warning(position, what + reason, remedy(largest, written.value))


def _warn(findings: Findings, written: Written[Schedule], never: Never, what: str, today: date) -> None:
    schedule = written.value
    position = written.position.at(*keys_of(never, schedule, today=today))
    if keys_of(never, schedule, today=today) == ("when",):
        position = _times_of(position)
    findings.warning(position, what + why_never(never, schedule, today=today), remedy(never, schedule))


def _times_of(position: Position) -> Position:
    node = position.node
    key = next((key for key in ("at", "between", "cron") if isinstance(node, Keys) and key in node.entries), None)
    return position.at(key) if key else position


def _note_end(findings: Findings, written: Written[Schedule], ends: Sequence[Dry]) -> None:
    """Note a series that is at its end while its dates go on."""
    if not ends:
        return
    first = min(ends, key=lambda each: each.end.said)
    language = f" in {first.kind.example.language}" if len(ends) > 1 else ""
    count = first.end.said
    messages = "1 message" if count == 1 else f"{count} messages"
    what = (
        f"after {messages}{language} the series is at its end, on {day_in_words(first.end.last)} for whoever begins "
        "today; its dates go on, and nothing more comes"
    )
    findings.warning(written.position.at("send"), what, "Write more messages, or let its dates end with them.")


def _own_cause(kind: Kind, nevers: Sequence[Never], today: date) -> _Cause | None:
    """Say what about a person keeps everything from them; None where that is no doing of theirs."""
    theirs = [each for each in nevers if each.kind is kind and each.question.ordinal is None]
    if not theirs:
        return None
    person, sorts = kind.example, {why(each.reason) for each in theirs}
    if person.joined is not None and person.joined > today and not any(each.reasons for each in theirs):
        return _Cause(key="joined", what=f"they join on {day_in_words(person.joined)}", hint="Is the year right?")
    if sorts == {Why.PAUSED}:
        return _Cause(key="pause", what=english(theirs[0].reason))
    if Why.QUIET in sorts <= {Why.QUIET, Why.LEGAL} and person.quiet_hours not in (None, DEFAULT_QUIET_HOURS):
        legal = next((f" or outside {english(each.reason)}" for each in theirs if why(each.reason) is Why.LEGAL), "")
        what = f"always in their quiet hours ({person.quiet_hours}){legal}"
        return _Cause(key="quiet_hours", what=what, hint=_turned(person))
    return None


def _several_causes(kind: Kind, outlook: Outlook) -> _Cause | None:
    """Say what keeps one schedule and another from a person; None where it is told of each schedule, or of words."""
    whole = [each for each in outlook.nevers if each.question.ordinal is None and each.reasons]
    theirs = [each for each in whole if each.kind is kind and each.question.schedule in outlook.reached]
    reasons = dict.fromkeys(english(each.reason) for each in theirs if why(each.reason) in (Why.QUIET, Why.LEGAL))
    if not reasons:
        return None
    hint = f"`nudger preview --recipient {kind.example.id} --days 30` shows what keeps back each."
    return _Cause(key="", what=" and ".join(reasons), hint=hint)


def _turned(person: Recipient) -> str:
    quiet = person.quiet_hours
    if quiet is None or not quiet.start < quiet.end:
        return "Nothing is sent in quiet hours: leave more of the day."
    return f"Nothing is sent in them: did you mean {QuietHours(start=quiet.end, end=quiet.start)}?"


def _note_people(
    findings: Findings, silent: Sequence[tuple[Kind, _Cause]], places: Mapping[RecipientId, Position]
) -> None:
    by_cause: dict[tuple[str, str], list[tuple[Kind, _Cause]]] = defaultdict(list)
    for kind, cause in silent:
        by_cause[cause.key, cause.what].append((kind, cause))
    groups = list(by_cause.values())
    for number, those in enumerate(groups[:_SHOWN]):
        cause, kinds = those[0][1], [kind for kind, _ in those]
        rest = (
            f"; so do people for {len(groups) - _SHOWN} other reasons" if number == _SHOWN - 1 < len(groups) - 1 else ""
        )
        what = f"in the coming year {_who(kinds)} {gets(_count(kinds))} nothing: {cause.what}{rest}"
        _about(findings, kinds, places, what, cause.hint, key=cause.key)


def _note_not_meant(
    findings: Findings, outlook: Outlook, schedules: Sequence[Written[Schedule]], places: Mapping[RecipientId, Position]
) -> None:
    """Note people whom no schedule is for."""
    unmeant = [k for k in outlook.silent if not any(s.value.audience.includes(k.example) for s in schedules)]
    if unmeant and schedules:
        groups = sorted({group for written in schedules for group in written.value.audience.groups})
        hint = f"Put them in a group: {', '.join(groups[:_SHOWN])}." if groups else ""
        what = f"in the coming year {_who(unmeant)} {gets(_count(unmeant))} nothing: no schedule is for them"
        _about(findings, unmeant, places, what, hint)


def _note_joining(
    findings: Findings, kinds: Sequence[Kind], places: Mapping[RecipientId, Position], now: datetime
) -> None:
    """Tell of people who join later where they are, so that nobody waits for what does not come yet."""
    joining = [(kind.example.joined, kind) for kind in kinds if kind.example.joined]
    later = [(day, kind) for day, kind in joining if day > now.astimezone(kind.example.zone).date()]
    by_day: dict[date, list[Kind]] = defaultdict(list)
    for joined, kind in later:
        if joined - now.date() < YEAR:  # of people who join later still it was said that they get nothing
            by_day[joined].append(kind)
    for number, (joined, those) in enumerate(sorted(by_day.items())):
        rest = len(by_day) - _SHOWN
        more = f"; people join on {rest} other days, too" if number == _SHOWN - 1 and rest > 0 else ""
        day = f"{joined:%a} {day_in_words(joined)}"
        what = f"{_who(those)} {gets(_count(those))} nothing before {day}: they join then{more}"
        _about(findings, those, places, what, "", key="joined")
        if number == _SHOWN - 1:
            return


def _untold(outlook: Outlook) -> list[Squeezed]:
    """Return whom limits keep from much, but for those of whom it was said of which schedule."""
    told = {id(each.kind) for each in outlook.nevers if each.reasons and why(each.reason) in (Why.LIMITS, Why.GAP)}
    return [each for each in outlook.squeezed if id(each.kind) not in told]


def _note_squeezed(
    findings: Findings, squeezed: Sequence[Squeezed], places: Mapping[RecipientId, Position], limits: Position | None
) -> None:
    """Note whom limits keep from a large part of what is meant for them: one warning, about those who lose most."""
    if not squeezed:
        return
    worst = max(squeezed, key=lambda each: each.held / each.meant)
    kinds = [each.kind for each in squeezed]
    nothing = f", and nothing comes of {named(worst.nothing_of)}" if worst.nothing_of else ""
    what = (
        f"limits hold back {worst.held} of the {worst.meant} nudges that schedules have for "
        f"{quote(worst.kind.example.id)} in four weeks ({english(worst.reason)}){nothing}"
    )
    others = _count(kinds) - 1
    what += f"; for {others:,} more people it is much the same" if others else ""
    hint = "Fewer groups or schedules for them, or wider limits."
    own = worst.kind.example.limits is not None
    if limits is not None and not own:
        findings.warning(limits, what, hint, at_key=True)
    else:
        _about(findings, [worst.kind], places, what, hint, key="limits")


def _count(kinds: Iterable[Kind]) -> int:
    return sum(kind.count for kind in kinds)


def _who(kinds: Sequence[Kind]) -> str:
    return named([person.id for kind in kinds for person in kind.people], _count(kinds))


def _about(
    findings: Findings,
    kinds: Sequence[Kind],
    places: Mapping[RecipientId, Position],
    what: str,
    hint: str,
    *,
    key: str = "",
) -> None:
    """Note something about people, at the first of them who is in a file."""
    position = next((places[p.id] for kind in kinds for p in kind.people if p.id in places), None)
    if position is None:
        findings.about(IMPORTED, what, hint, warning=True)
        return
    there = isinstance(position.node, Keys) and key in position.node.entries
    findings.warning(position.at(key) if there else position.at("id"), what, hint)
