"""Why somebody got a nudge, or did not, in plain English: from its record and what happened to it, and nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import NamedTuple

from nudger.decisions.choosing.variables import VARIABLES, Kind
from nudger.decisions.points.availability import quiet_hours
from nudger.decisions.points.replay import replay
from nudger.domain.nudges import TEST, WELCOME, Nudge, NudgeState
from nudger.domain.reasons import Json, Reason, ReasonCode
from nudger.domain.recipients import Recipient
from nudger.domain.records import NO_RECORD, Mode, Record, Written
from nudger.domain.schedules import Schedule
from nudger.prose.conditions import condition_in_words
from nudger.prose.english import plural, roughly
from nudger.prose.reasons import english
from nudger.prose.records import ASIDE, RULES, mode_in_words, restraint_in_words
from nudger.prose.replay import replay_in_words

_SHOWN = 6
_SECOND = timedelta(seconds=1)
_SOON = timedelta(minutes=1)


class Happening(NamedTuple):
    """One thing that happened to a nudge: the state it came to, why, and what else the ledger noted beside it."""

    at: datetime
    kind: str
    reason: Reason | None = None
    detail: Mapping[str, Json] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What became of a nudge, and why. Each part is a list of sentences; `tries` are what was attempted, in order."""

    time: str
    headline: str
    then: tuple[str, ...]
    this: tuple[str, ...]
    tries: tuple[str, ...]
    replay: str

    def lines(self) -> list[str]:
        """Return it as people read it."""
        parts = {"why then": self.then, "why this": self.this, "tries": self.tries, "replay": (self.replay,)}
        said = [f"{self.time}  {self.headline}"]
        for label, sentences in parts.items():
            said += [f"  {label if number == 0 else '':<10} {each}" for number, each in enumerate(sentences)]
        return said


def why(
    nudge: Nudge,
    person: Recipient | None,
    schedule: Schedule | None,
    happened: Sequence[Happening] = (),
    *,
    decided: bool = True,
) -> Explanation:
    """Explain a nudge; `decided` is False for one that is only foreseen. Without a person, times are in UTC."""
    zone = person.zone if person else UTC
    return Explanation(
        time=f"{nudge.due.astimezone(zone):%H:%M}",
        headline=f"{_headline(nudge, zone, decided=decided)}  ({_whose(nudge)})",
        then=tuple(_then(nudge, person, schedule, happened)),
        this=tuple(_this(nudge, schedule)),
        tries=tuple(_tries(happened, zone)),
        replay=replay_in_words(replay(nudge))
        if decided
        else "not decided yet: this is how it would be, as things stand",
    )


def _whose(nudge: Nudge) -> str:
    known = {WELCOME: "the first hello", TEST: "asked for by hand"}
    return known.get(nudge.key.schedule, f"schedule {nudge.key.schedule}")


def _headline(nudge: Nudge, zone: tzinfo, *, decided: bool) -> str:
    way, reason = f"by {nudge.decision.channel}: {nudge.decision.message}", english(nudge.status_reason)
    until = _clock(nudge, zone)
    if not decided and nudge.state is NudgeState.PENDING:
        late = f" at {until}" if nudge.next_look_at != nudge.due else ""
        return f"to be sent{late} {way}"
    said = {
        NudgeState.PENDING: f"waits until {until}, then goes {way}",
        NudgeState.SENDING: f"being sent {way}",
        NudgeState.SENT: f"sent {way}",
        NudgeState.UNKNOWN: f"may have been sent {way}; nobody knows ({reason})",
        NudgeState.HELD: f"held, to be sent {way}: {reason}",
        NudgeState.MISSED: f"missed: {reason}",
        NudgeState.EXPIRED: f"not sent, too late: {_too_late(nudge)}",
        NudgeState.FAILED: f"not sent, {nudge.provider or 'the provider'} refused it: {reason}",
    }
    return said.get(nudge.state, f"{'not sent' if decided else 'will not be sent'}: {reason}")


def _too_late(nudge: Nudge) -> str:
    """Say why it was too late, without saying again that it was."""
    reason = nudge.status_reason
    if reason is not None and reason.code is ReasonCode.TOO_LATE and reason.because:
        return ", then ".join(english(each) for each in reason.because)
    return english(reason)


def _clock(nudge: Nudge, zone: tzinfo) -> str:
    """Return the time until which it waits, with the day where that is another than it was due on."""
    if nudge.next_look_at is None:
        return "somebody looks at it"
    due, moment = nudge.due.astimezone(zone), nudge.next_look_at.astimezone(zone)
    day = "" if moment.date() == due.date() else f"{moment:%a} {moment.day} {moment:%b} "
    return f"{day}{moment:%H:%M}"


def _then(
    nudge: Nudge, person: Recipient | None, schedule: Schedule | None, happened: Sequence[Happening]
) -> Iterable[str]:
    zone = person.zone if person else UTC
    where = person.time_zone if person else "UTC (nobody here has this id any more)"
    if schedule is not None and schedule.about:
        yield schedule.about
    due = nudge.due.astimezone(zone)
    yield f"due {due:%A} {due.day} {due:%B, %H:%M} in {where}; {_grace(nudge)}"
    if nudge.state is NudgeState.SENT and nudge.first_attempt_at and nudge.first_attempt_at - nudge.due >= _SOON:
        yield f"went out {roughly(nudge.first_attempt_at - nudge.due)} after it was due"
    waited = _waited(nudge, happened)
    yield from _waits(nudge, waited, happened, zone)
    if person is not None and (quiet := person.quiet_hours_on(due.date())):
        hours = quiet_hours(quiet)
        told = [*waited, *(each.reason for each in happened if each.kind == NudgeState.HELD)]
        yield from [] if hours in told else [english(hours)]


def _grace(nudge: Nudge) -> str:
    grace = nudge.expires_at - nudge.due
    return f"it may go out up to {roughly(grace)} later" if grace else "it may not go out later"


def _waited(nudge: Nudge, happened: Sequence[Happening]) -> list[Reason]:
    """Return what it waited for, each reason once."""
    waited = [each for each in happened if each.kind == NudgeState.PENDING and not each.detail.get("attempts")]
    reasons = [each.reason for each in waited]
    if not happened and nudge.state is NudgeState.PENDING:
        reasons = [nudge.status_reason]
    return list(dict.fromkeys(reason for reason in reasons if reason is not None))


def _waits(nudge: Nudge, waited: Iterable[Reason], happened: Sequence[Happening], zone: tzinfo) -> Iterable[str]:
    """Say what it waited for, and from when on it was held."""
    waits = "waited for" if nudge.state is not NudgeState.PENDING else "waits for"
    for reason in waited:
        yield f"{waits}: {english(reason)}"
    for each in happened:
        if each.kind == NudgeState.HELD:
            yield f"held from {each.at.astimezone(zone):%a %H:%M} on: {english(each.reason)}"


def _this(nudge: Nudge, schedule: Schedule | None) -> Iterable[str]:
    record = nudge.decision.record
    if record == NO_RECORD:
        yield "it did not come to choosing a message"
        return
    yield from _conditions(schedule, record)
    yield from _known(record.variables or {})
    for mode in record.modes:
        yield _MODES.get(mode) or f"{mode_in_words(mode, record)}: only gentle messages"
    if record.restraint is not None:
        yield f"sending nothing had a chance of {record.restraint.chance:g}: {restraint_in_words(record)}"
    if record.options is not None:
        yield from _choice(nudge, record)
    elif record.rule is not None:
        yield RULES[record.rule]


_MODES = {
    Mode.LOW_DAY: "a low day: only gentle messages that ask nothing, those for low days first",
    Mode.FINE_DAY: "a fine day: messages for fine days first",
}


def _conditions(schedule: Schedule | None, record: Record) -> Iterable[str]:
    if schedule is None or not record.seed:
        return
    if schedule.only_if is not None:
        yield f"sent only if {condition_in_words(schedule.only_if)} (as the schedule is today)"
    if schedule.skip_if is not None:
        yield f"not sent if {condition_in_words(schedule.skip_if)} (as the schedule is today)"


def _known(variables: Mapping[str, Written]) -> Iterable[str]:
    if not variables:
        return
    yield f"known: {', '.join(_variable(name, known) for name, known in variables.items())}"
    unknown = [name.replace("_", " ") for name in ("mood", "since_reply") if name not in variables]
    if unknown:
        yield f"not known: {', '.join(unknown)}"


def _variable(name: str, known: Written) -> str:
    """Return `mood 3 (20 hours old)`."""
    variable, value, age = VARIABLES.get(name), known.value, timedelta(seconds=known.age_s)
    kind = variable.kind if variable else None
    if kind is Kind.SPAN and isinstance(value, int | float):
        said = roughly(timedelta(seconds=value))
    elif kind is Kind.FLAG:
        said = "yes" if value else "no"
    elif kind is Kind.WORDS and not isinstance(value, int | float):
        said = " and ".join(value) or "none"
    else:
        said = str(value)
    old = f" ({roughly(age)} old)" if age > _SECOND else ""
    return f"{name.replace('_', ' ')} {said}{old}"


def _choice(nudge: Nudge, record: Record) -> Iterable[str]:
    aside = ", ".join(f"{each.messages} {ASIDE[each.why]}" for each in record.set_aside)
    yield f"{plural(record.options or 0, 'message')} fitted" + (f"; set aside: {aside}" if aside else "")
    if record.component is not None and record.chances:
        yield f"it was the turn of {record.component}, served longest ago"
    if record.chances:
        yield "chances: " + ", ".join(
            f"{each.practice} {each.chance:.2f} ({plural(each.wordings, 'message')})" for each in record.chances
        )
        yield f"drawn: {record.practice or ''}, then {_listed(record.shortlist, nudge)}"
    elif record.rule is not None:
        yield f"taken: {RULES[record.rule]}"
    yield f"seed {record.seed}"


def _listed(shortlist: Sequence[str], nudge: Nudge) -> str:
    others = [key for key in shortlist if key != nudge.decision.message][: _SHOWN - 1]
    more = len(shortlist) - 1 - len(others)
    said = [str(nudge.decision.message), *others]
    if not others:
        return said[0]
    return f"one of {len(shortlist)}: {', '.join(said)}" + (f" and {more} more" if more > 0 else "")


_CAME_TO = {
    NudgeState.SENT: "accepted",
    NudgeState.PENDING: "to be tried again",
    NudgeState.UNKNOWN: "no answer: it may have gone out",
    NudgeState.FAILED: "refused for good",
    NudgeState.SUPPRESSED: "refused for good, and the address is not used again",
    NudgeState.EXPIRED: "too late for another try",
}


def _tries(happened: Sequence[Happening], zone: tzinfo) -> Iterable[str]:
    """Say for each attempt what the provider answered, and what was found out later about one in doubt."""
    before = ""
    for each in happened:
        said = _answer(each)
        when = f"{each.at.astimezone(zone):%a %H:%M:%S}"
        if each.kind == NudgeState.SENDING:
            yield f"{when} try {each.detail.get('attempts', 1)} by {each.detail.get('provider', '?')}"
        elif before == NudgeState.SENDING or (before == NudgeState.UNKNOWN and each.kind != before):
            yield f"{when} {said}"
        before = each.kind


def _answer(each: Happening) -> str:
    came_to = _CAME_TO.get(NudgeState(each.kind), each.kind) if each.kind in set(NudgeState) else each.kind
    details = [english(each.reason), str(each.detail.get("provider_id") or "")]
    said = ", ".join(detail for detail in details if detail)
    return f"{came_to} ({said})" if said else came_to
