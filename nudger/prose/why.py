"""Why somebody got a nudge, or did not, in plain English: from its record and what happened to it, and nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from nudger.decisions.choosing.variables import VARIABLES, Kind
from nudger.decisions.condition_words import condition_in_words
from nudger.decisions.points.replay import replay
from nudger.decisions.spans import roughly
from nudger.domain.nudges import TEST, WELCOME, Nudge, NudgeState
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Schedule

_SHOWN = 6
_SECOND = timedelta(seconds=1)
_SOON = timedelta(minutes=1)


class Happening(NamedTuple):
    """One thing that happened to a nudge: the state it came to, and what the ledger noted beside it."""

    at: datetime
    kind: str
    detail: Mapping[str, Any]


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
    facts = dict(nudge.decision.facts)
    return Explanation(
        time=f"{nudge.due.astimezone(zone):%H:%M}",
        headline=f"{_headline(nudge, zone, decided=decided)}  ({_whose(nudge)})",
        then=tuple(_then(nudge, person, schedule, happened)),
        this=tuple(_this(nudge, schedule, facts)),
        tries=tuple(_tries(happened, zone)),
        replay=replay(nudge).words if decided else "not decided yet: this is how it would be, as things stand",
    )


def _whose(nudge: Nudge) -> str:
    known = {WELCOME: "the first hello", TEST: "asked for by hand"}
    return known.get(nudge.key.schedule, f"schedule {nudge.key.schedule}")


def _headline(nudge: Nudge, zone: tzinfo, *, decided: bool) -> str:
    way, reason = f"by {nudge.decision.channel}: {nudge.decision.message}", nudge.decision.reason
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
        NudgeState.EXPIRED: f"not sent, too late: {reason.removeprefix('too late: ')}",
        NudgeState.FAILED: f"not sent, {nudge.provider or 'the provider'} refused it: {reason}",
    }
    return said.get(nudge.state, f"{'not sent' if decided else 'will not be sent'}: {reason}")


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
    waits = list(_waits(nudge, happened, zone))
    yield from waits
    if person is not None and (quiet := person.quiet_hours_on(due.date())):
        said = f"quiet hours {quiet}"
        yield from [] if any(each.endswith(f": {said}") for each in waits) else [said]


def _grace(nudge: Nudge) -> str:
    grace = nudge.expires_at - nudge.due
    return f"it may go out up to {roughly(grace)} later" if grace else "it may not go out later"


def _waits(nudge: Nudge, happened: Sequence[Happening], zone: tzinfo) -> Iterable[str]:
    """Say what it waited for: each reason once."""
    waited = [each for each in happened if each.kind == NudgeState.PENDING and not each.detail.get("attempts")]
    reasons = [str(each.detail.get("reason", "")) for each in waited]
    if not happened and nudge.state is NudgeState.PENDING:
        reasons = [nudge.decision.reason]
    for reason in dict.fromkeys(filter(None, reasons)):
        yield f"waited for: {reason}" if nudge.state is not NudgeState.PENDING else f"waits for: {reason}"
    for each in happened:
        if each.kind == NudgeState.HELD:
            yield f"held from {each.at.astimezone(zone):%a %H:%M} on: {each.detail.get('reason', '')}"


def _this(nudge: Nudge, schedule: Schedule | None, facts: Mapping[str, Any]) -> Iterable[str]:
    if not facts:
        yield "it did not come to choosing a message"
        return
    yield from _conditions(schedule, facts)
    yield from _known(facts.get("variables", {}))
    if mode := facts.get("mode"):
        yield from (_MODES.get(each, f"{each}: only gentle messages") for each in str(mode).split(", "))
    if "nothing" in facts:
        chance, reason = facts["nothing"]
        yield f"sending nothing had a chance of {chance:g}: {reason}"
    if "options" in facts:
        yield from _choice(nudge, facts)
    elif "rule" in facts:
        yield str(facts["rule"])


_MODES = {
    "a low day": "a low day: only gentle messages that ask nothing, those for low days first",
    "a fine day": "a fine day: messages for fine days first",
}


def _conditions(schedule: Schedule | None, facts: Mapping[str, Any]) -> Iterable[str]:
    if schedule is None or "seed" not in facts:
        return
    if schedule.only_if is not None:
        yield f"sent only if {condition_in_words(schedule.only_if)} (as the schedule is today)"
    if schedule.skip_if is not None:
        yield f"not sent if {condition_in_words(schedule.skip_if)} (as the schedule is today)"


def _known(variables: Mapping[str, Sequence[Any]]) -> Iterable[str]:
    if not variables:
        return
    said = [_fact(name, value, timedelta(seconds=age)) for name, (value, age) in variables.items()]
    yield f"known: {', '.join(said)}"
    unknown = [name.replace("_", " ") for name in ("mood", "since_reply") if name not in variables]
    if unknown:
        yield f"not known: {', '.join(unknown)}"


def _fact(name: str, value: Any, age: timedelta) -> str:
    """Return `mood 3 (20 hours old)`."""
    variable = VARIABLES.get(name)
    kind = variable.kind if variable else None
    if kind is Kind.SPAN:
        said = roughly(timedelta(seconds=value))
    elif kind is Kind.FLAG:
        said = "yes" if value else "no"
    elif kind is Kind.WORDS:
        said = " and ".join(value) or "none"
    else:
        said = str(value)
    old = f" ({roughly(age)} old)" if age > _SECOND else ""
    return f"{name.replace('_', ' ')} {said}{old}"


def _choice(nudge: Nudge, facts: Mapping[str, Any]) -> Iterable[str]:
    aside = ", ".join(f"{count} {reason}" for reason, count in facts.get("set_aside", ()))
    yield f"{_messages(facts['options'])} fitted" + (f"; set aside: {aside}" if aside else "")
    chances = facts.get("chances", ())
    if "component" in facts and chances:
        yield f"it was the turn of {facts['component']}, served longest ago"
    if chances:
        yield "chances: " + ", ".join(
            f"{practice} {chance:.2f} ({_messages(count)})" for practice, chance, count in chances
        )
        yield f"drawn: {facts.get('practice', '')}, then {_listed(facts.get('shortlist', ()), nudge)}"
    else:
        yield f"taken: {facts['rule']}"
    yield f"seed {facts['seed']}"


def _messages(count: int) -> str:
    return f"{count} message{'' if count == 1 else 's'}"


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
    details = [str(each.detail[name]) for name in ("reason", "provider_id") if each.detail.get(name)]
    return came_to + (f" ({', '.join(details)})" if details else "")
