"""What `nudger recipients show` prints of a person and their past, as data and as lines."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from nudger.config.tables.columns import as_hard_day, as_pause
from nudger.domain.feedback import Feedback, FeedbackKind
from nudger.domain.limits import Limits
from nudger.domain.nudges import Nudge, NudgeState
from nudger.domain.recipients import DEFAULT_MOMENTS, Recipient
from nudger.domain.vocabulary import Channel
from nudger.prose.english import local_day, span_in_words
from nudger.prose.reasons import english
from nudger.use_cases.person_record import PersonRecord

_LAST = 10
_WISHES = {FeedbackKind.MORE: "more of", FeedbackKind.LESS: "less of"}


def person_as_data(person: Recipient, stopped: frozenset[str]) -> dict[str, Any]:
    """Return a person as they are served; `stopped` are addresses that may not be used."""
    addresses = {channel: person.address(channel) for channel in Channel}
    return {
        "id": person.id,
        "name": person.name,
        **{channel.value: address for channel, address in addresses.items()},
        "channel": next((c.value for c in (person.prefer or Channel.EMAIL, *Channel) if addresses[c]), None),
        "stopped": sorted(channel.value for channel, address in addresses.items() if address in stopped),
        "time_zone": person.time_zone,
        "language": person.language,
        "groups": sorted(person.groups),
        "moments": {name: f"{person.moment(name):%H:%M}" for name in DEFAULT_MOMENTS},
        "quiet_hours": str(person.quiet_hours or "none"),
        "joined": person.joined.isoformat() if person.joined else None,
        "place": person.region,
        "supporter": person.supporter,
        "goals": sorted(person.goals),
        "weekend_moments": {name: f"{wall:%H:%M}" for name, wall in person.weekend_moments},
        "weekend_quiet_hours": str(person.weekend_quiet_hours or "none"),
        "paused": [as_pause(pause) for pause in person.pauses],
        "hard_days": [as_hard_day(hard) for hard in person.hard_days],
        "limits": _limits(person.limits),
    }


def _limits(limits: Limits | None) -> dict[str, Any]:
    """Return the limits that a person has of their own."""
    if limits is None:
        return {}
    gap = span_in_words(limits.gap) if limits.gap else None
    own = {"per_day": limits.per_day, "per_week": limits.per_week, "gap": gap}
    return {name: value for name, value in own.items() if value is not None}


def spoken(value: Any) -> str:
    """Return a value of it as people read it."""
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {each}" for name, each in value.items()) or "-"
    if isinstance(value, list):
        return ", ".join(value) or "-"
    return str(value) if value is not None else "-"


def past_as_data(record: PersonRecord) -> dict[str, Any]:
    """Return all of it; moments are in UTC."""
    return {
        "stops": [{"address": stop.address, "since": stop.at, "reason": stop.reason} for stop in record.stops],
        "feedback": [
            {
                "at": each.at,
                "kind": each.kind.value,
                "level": each.level,
                "nudge": each.nudge,
                "message": each.message,
                "practice": each.practice,
            }
            for each in record.feedback
        ],
        "nudges": [_nudge(each) for each in record.nudges],
    }


def _nudge(nudge: Nudge) -> dict[str, Any]:
    words, decision = nudge.decision.rendered, nudge.decision
    return {
        "id": nudge.id,
        "schedule": nudge.key.schedule,
        "due": nudge.due,
        "state": nudge.state.value,
        "reason": english(nudge.status_reason),
        "tried": nudge.first_attempt_at,
        "channel": decision.channel,
        "message": decision.message,
        "subject": words.subject if words else None,
        "text": words.text if words else None,
    }


def past_as_lines(record: PersonRecord, person: Recipient) -> Iterator[str]:
    """Yield what a person let us know, and the last of what was sent; each moment where they are."""
    yield f"Times are those of {person.time_zone}."
    for stop in record.stops:
        channel = "sms" if stop.address == person.sms else "email"
        yield f"stopped              {_at(stop.at, person)}  {channel}: {stop.reason}"
    yield from _lines("check-ins", _check_ins(record.feedback, person))
    yield from _lines("answers", _answers(record.feedback, person))
    yield from _lines("wishes", _wishes(record.feedback, person))
    yield from _lines("sent", _sent(record.nudges, person))


def _lines(title: str, entries: Iterable[str]) -> Iterator[str]:
    entries = list(entries)
    if len(entries) > _LAST:
        title = f"{title} (last {_LAST})"
    for place, entry in enumerate(entries[-_LAST:] or ["-"]):
        yield f"{title if place == 0 else '':<20} {entry}"


def _check_ins(said: Iterable[Feedback], person: Recipient) -> Iterator[str]:
    return (f"{_at(each.at, person)}  {each.level}" for each in said if each.kind is FeedbackKind.CHECK_IN)


def _answers(said: Iterable[Feedback], person: Recipient) -> Iterator[str]:
    kinds = (FeedbackKind.REPLY, FeedbackKind.DONE, FeedbackKind.HELPFUL)
    for each in said:
        if each.kind in kinds:
            yield f"{_at(each.at, person)}  {each.kind}" + (f"  {each.message}" if each.message else "")


def _wishes(said: Iterable[Feedback], person: Recipient) -> Iterator[str]:
    for each in said:
        if each.kind in _WISHES:
            yield f"{_at(each.at, person)}  {_WISHES[each.kind]} {each.practice}"
        elif each.kind is FeedbackKind.NOT_THIS:
            yield f"{_at(each.at, person)}  never again {each.message}"


def _sent(nudges: Sequence[Nudge], person: Recipient) -> Iterator[str]:
    for nudge in nudges:
        if nudge.state in (NudgeState.SENT, NudgeState.UNKNOWN):
            about = nudge.decision.message or nudge.key.schedule
            how = "" if nudge.state is NudgeState.SENT else "  (not known whether it arrived)"
            yield f"{_at(nudge.first_attempt_at or nudge.due, person)}  {nudge.decision.channel}  {about}{how}"


def _at(moment: Any, person: Recipient) -> str:
    return local_day(moment.astimezone(person.zone))
