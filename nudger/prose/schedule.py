"""A schedule in plain English: what the operator asked for, said back to them."""

from collections.abc import Collection, Iterator

from nudger.domain.limits import NO_LIMITS, Limits
from nudger.domain.schedules import Audience, Priority, Schedule, Selection, WhenBlocked, WhenMissed
from nudger.domain.vocabulary import ChannelChoice, Intensity
from nudger.prose.conditions import condition_in_words
from nudger.prose.english import listed, span_in_words
from nudger.prose.when import when_in_short, when_in_words

_CHANNELS = {
    ChannelChoice.PREFERRED: "It goes by text message or email, as each person prefers.",
    ChannelChoice.SMS: "It goes by text message only.",
    ChannelChoice.EMAIL: "It goes by email only.",
}
_MISSED = {
    WhenMissed.SEND: "If nudger was off at the time, each one that was missed still goes out, if it is not too late.",
    WhenMissed.ONE: "If nudger was off at the time, only the newest of those that were missed goes out.",
    WhenMissed.SKIP: "If nudger was off at the time, it is not sent later.",
}
_HELD = {
    WhenBlocked.WAIT: (
        "If it may not go out at its time (quiet hours, or too much already), it waits, if there is time."
    ),
    WhenBlocked.DROP: "If it may not go out at its time (quiet hours, or too much already), it is left out.",
}
_PRIORITIES = {
    Priority.HIGH: ["It matters more than others: where a person cannot get both, it goes first."],
    Priority.NORMAL: [],
    Priority.LOW: ["It matters less than others: where a person cannot get both, the other goes first."],
}


def in_english(schedule: Schedule, limits: Limits = NO_LIMITS) -> list[str]:
    """Return sentences: when, to whom, if what holds, from which messages, how late, what if it could not go out."""
    return [
        *when_in_words(schedule.recurrence),
        f"It is for {_audience(schedule.audience)}.",
        *_conditions(schedule),
        *_selection(schedule.selection),
        _CHANNELS[schedule.channel],
        *_lateness(schedule),
        *_PRIORITIES[schedule.priority],
        *_limits(limits),
        *_gentle_days(schedule.selection, limits),
    ]


def in_short(schedule: Schedule) -> str:
    """Return one phrase: `every Monday, in the morning, to everyone`."""
    return f"{when_in_short(schedule.recurrence)}, to {_audience(schedule.audience)}"


def _conditions(schedule: Schedule) -> Iterator[str]:
    if schedule.only_if is not None:
        yield f"It goes out only if {condition_in_words(schedule.only_if)}. If that is not known, it does not."
    if schedule.skip_if is not None:
        yield f"It is left out if {condition_in_words(schedule.skip_if)}. If that is not known, it goes out."


def _audience(audience: Audience) -> str:
    if audience.everyone:
        return "everyone"
    groups = sorted(audience.groups)
    parts = [f"everyone in the group{'s' if len(groups) > 1 else ''} {listed(groups, 'or')}"] if groups else []
    return listed([*parts, *sorted(audience.recipients)]) if parts or audience.recipients else "nobody"


def _selection(selection: Selection) -> Iterator[str]:
    wishes = ", ".join(_wishes(selection))
    yield f"It picks among all messages {wishes}." if wishes else "It picks among all messages."
    if selection.in_order:
        yield "It sends them in order, as a series. After the last one, the person gets no more of it."
    else:
        yield "A person gets words that are new to them. When all were seen, the ones seen longest ago come again."


def _wishes(selection: Selection) -> Iterator[str]:
    if selection.messages:
        yield f"named in a list of {len(selection.messages)}"
    if selection.libraries:
        many = len(selection.libraries) > 1
        yield f"in the librar{'ies' if many else 'y'} {_either(selection.libraries, 'and')}"
    if selection.components:
        yield f"about {_either(selection.components)}"
    if selection.practices:
        yield f"that suggest {_either(selection.practices)}"
    if selection.situations:
        yield f"that fit the situation {_either(selection.situations)}"
    if selection.intensities:
        yield f"that are {_either(selection.intensities)}"


def _either(words: Collection[str], last: str = "or") -> str:
    return listed(sorted(str(word) for word in words), last)


def _lateness(schedule: Schedule) -> list[str]:
    if not schedule.grace:
        return ["It goes out at its time or not at all."]
    late = f"It may go out up to {span_in_words(schedule.grace)} late. After that it is left out."
    return [late, _MISSED[schedule.when_missed], _HELD[schedule.when_blocked]]


def _limits(limits: Limits) -> Iterator[str]:
    most = [
        f"{limits.per_day} on a day" if limits.per_day is not None else "",
        f"{limits.per_week} in seven days" if limits.per_week is not None else "",
    ]
    if any(most):
        yield f"Over all schedules, nobody gets more than {listed(part for part in most if part)}."
    if limits.gap:
        yield f"Between two nudges to a person there are at least {span_in_words(limits.gap)}."


def _gentle_days(selection: Selection, limits: Limits) -> Iterator[str]:
    if not limits.gentle_days:
        return
    days = f"the first {limits.gentle_days} days after a person joined"
    if selection.intensities and Intensity.GENTLE not in selection.intensities:
        yield f"In {days}, it sends nothing: only gentle messages go out then, and it asks for none."
    elif selection.intensities != {Intensity.GENTLE}:
        yield f"In {days}, it sends only gentle messages."
