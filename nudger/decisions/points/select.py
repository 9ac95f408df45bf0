"""From a moment that is fine to a message, or to nothing, with everything that it rested on written down."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from nudger import __version__
from nudger.decisions.choosing.choose import Choice, choose
from nudger.decisions.choosing.conditions import holds
from nudger.decisions.choosing.history import History
from nudger.decisions.choosing.learn import learned_chances
from nudger.decisions.choosing.moods import is_fine_day, is_low_day
from nudger.decisions.choosing.options import Options, Requirements, index_options
from nudger.decisions.choosing.preferences import preferences_of
from nudger.decisions.choosing.restraint import NO_RESTRAINT, draws_nothing, restraint
from nudger.decisions.choosing.rotation import rotation_of
from nudger.decisions.choosing.variables import VARIABLES, Context, Kind, Known, KnownVariables, context_of
from nudger.decisions.draw import seed_of
from nudger.decisions.snapshot import Snapshot
from nudger.domain.calendar import part_of_day
from nudger.domain.conditions import Condition, as_data
from nudger.domain.messages import Message
from nudger.domain.reasons import Reason, ReasonCode
from nudger.domain.recipients import OnHardDay, Recipient
from nudger.domain.records import Mode, Record, Restraint, VariableValue, Written
from nudger.domain.schedules import Priority, Schedule, SlotKey
from nudger.domain.vocabulary import Channel, Practice

_SECOND = timedelta(seconds=1)

_ALWAYS = (
    "part_of_day", "weekday", "mood", "since_reply", "since_sent", "sent_today", "sent_this_week", "days_since_joined",
    "liked", "declined",
)  # fmt: skip
"""What is written down with every decision; the others where a condition asked for them."""


class Selected(NamedTuple):
    """The message, or why there is none, and the record of it."""

    message: Message | None
    reason: Reason | None
    record: Record


class DecisionPoint(NamedTuple):
    """Whose slot, by which schedule and channel, what is known of the past, and when it would go out (UTC)."""

    key: SlotKey
    schedule: Schedule
    person: Recipient
    channel: Channel
    history: History
    at: datetime

    def variables(self) -> KnownVariables:
        """Return the tailoring variables at this point, each looked up when it is first asked for."""
        return KnownVariables(context_of(self.person, self.at, self.history))


def failed_condition(snapshot: Snapshot, point: DecisionPoint, values: KnownVariables) -> Selected | None:
    """Say why the schedule's own conditions do not hold at a decision point; None where they do."""
    refused = _refused(point.schedule.only_if, point.schedule.skip_if, values)
    return Selected(None, refused, _record(values, seed_of(snapshot.seed, point.key))) if refused else None


def select(snapshot: Snapshot, point: DecisionPoint, values: KnownVariables) -> Selected:
    """Choose a message for a decision point whose conditions hold, or nothing."""
    context, history, schedule = values.context, point.history, point.schedule
    seed = seed_of(snapshot.seed, point.key)
    known = values.found(_ALWAYS)
    nothing = _restraint(schedule, known)
    if draws_nothing(nothing.chance, seed):
        cause = () if nothing.reason is None else (Reason(nothing.reason),)
        return Selected(None, Reason(ReasonCode.ON_PURPOSE, because=cause), _record(values, seed, nothing))
    gentle = _gentle(snapshot, point.person, context.local.date())
    requirements = _requirements(context, known["mood"], point.channel, gentle=gentle is not None)
    options = _with_conditional(snapshot.message_index.options(schedule.selection, requirements), schedule, values)
    choice = choose(
        options,
        rotation_of(history.seen, snapshot.message_index, now=point.at),
        preferences_of(history.feedback, now=point.at),
        in_order=schedule.selection.in_order,
        learned=_learned(options, history, seed),
        seed=seed,
    )
    modes = _modes(gentle, requirements)
    first_days = snapshot.limits_of(point.person).gentle_days if gentle is Mode.FIRST_DAYS else None
    record = _record(values, seed, nothing, modes=modes, first_days=first_days, choice=choice)
    if choice is None:
        return Selected(None, _why_none(options, point, requirements), record)
    return Selected(choice.message, None, record)


def _refused(only_if: Condition | None, skip_if: Condition | None, values: Mapping[str, Known]) -> Reason | None:
    """Say which condition stands in the way; None for none. Unknown is no yes."""
    if only_if is not None and (so := holds(only_if, values)) is not True:
        unknown = {"unknown": True} if so is None else {}
        return Reason(ReasonCode.ONLY_IF, {"condition": as_data(only_if), **unknown})
    if skip_if is not None and holds(skip_if, values) is True:
        return Reason(ReasonCode.NOT_IF, {"condition": as_data(skip_if)})
    return None


def _restraint(schedule: Schedule, known: Mapping[str, Known | None]) -> Restraint:
    """Ask whether nothing is better; not for what somebody's state asked for, or what matters more, or a series."""
    asked_for = schedule.only_if is not None or schedule.priority > Priority.NORMAL or schedule.selection.in_order
    return NO_RESTRAINT if asked_for else restraint(known)


def _requirements(context: Context, mood: Known | None, channel: Channel, *, gentle: bool) -> Requirements:
    part = part_of_day(context.local.time())
    return Requirements(context.person.language, channel, part, gentle, is_low_day(mood), is_fine_day(mood))


def _gentle(snapshot: Snapshot, person: Recipient, today: date) -> Mode | None:
    """Say why only gentle messages may go out today; None where any may."""
    if person.hard_day_on(today) is OnHardDay.GENTLE:
        return Mode.HARD_DAY
    days = snapshot.limits_of(person).gentle_days
    if person.joined is not None and (today - person.joined).days <= days:
        return Mode.FIRST_DAYS
    return None


def _with_conditional(options: Options, schedule: Schedule, values: Mapping[str, Known]) -> Options:
    """Add the messages that have conditions of their own, where these hold."""
    passing = [each for each in options.conditional if not _refused(each.only_if, each.skip_if, values)]
    return index_options((*options.messages, *passing), schedule.selection) if passing else options


def _learned(options: Options, history: History, seed: str) -> dict[Practice, float] | None:
    if history.evidence is None:
        return None
    practices = sorted({practice for component in options.components.values() for practice in component.practices})
    return learned_chances(practices, history.evidence, seed=seed) if practices else None


def _modes(gentle: Mode | None, requirements: Requirements) -> tuple[Mode, ...]:
    """Return what the moment asked of the message."""
    modes = (gentle, Mode.LOW_DAY if requirements.low else None, Mode.FINE_DAY if requirements.fine else None)
    return tuple([mode for mode in modes if mode is not None])


def _why_none(options: Options, point: DecisionPoint, requirements: Requirements) -> Reason:
    if options.messages and point.schedule.selection.in_order:
        return Reason(ReasonCode.SERIES_ENDED)
    asked = {
        "language": requirements.language,
        "channel": requirements.channel.value,
        "part_of_day": requirements.part_of_day.value,
        "gentle": requirements.gentle or requirements.low,
        "low": requirements.low,
    }
    return Reason(ReasonCode.NO_WORDS, {name: each for name, each in asked.items() if each})


def _record(
    values: KnownVariables,
    seed: str,
    nothing: Restraint = NO_RESTRAINT,
    *,
    modes: tuple[Mode, ...] = (),
    first_days: int | None = None,
    choice: Choice | None = None,
) -> Record:
    message = choice.message if choice is not None else None
    return Record(
        version=__version__,
        seed=seed,
        variables=_written(values),
        restraint=nothing if nothing.chance else None,
        modes=modes,
        first_days=first_days,
        rule=choice.rule if choice is not None else None,
        component=message.component if message is not None else None,
        practice=message.practice if message is not None else None,
        options=choice.options if choice is not None else None,
        unseen=choice.unseen if choice is not None else None,
        chances=choice.chances if choice is not None else (),
        shortlist=choice.shortlist if choice is not None else (),
        set_aside=choice.set_aside if choice is not None else (),
    )


def _written(values: KnownVariables) -> dict[str, Written]:
    """Return what was known as (value, age in seconds), by name; spans in seconds, words as a list."""
    found = values.found(_ALWAYS)
    names = _ALWAYS if len(found) == len(_ALWAYS) else (*_ALWAYS, *[name for name in found if name not in _ALWAYS])
    written: dict[str, Written] = {}
    for name in names:
        known = found[name]
        if known is not None:
            value, age = known
            plain = _PLAIN.get(name)
            written[name] = Written(value if plain is None else plain(value), age // _SECOND if age else 0)
    return written


def _in_seconds(span: timedelta) -> int:
    return span // _SECOND


_PLAIN: Mapping[str, Callable[[Any], VariableValue]] = {
    name: _in_seconds if variable.kind is Kind.SPAN else sorted
    for name, variable in VARIABLES.items()
    if variable.kind in (Kind.SPAN, Kind.WORDS)
}
