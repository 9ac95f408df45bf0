"""The record of a decision in words: what `nudger why --format json` and the export show of it."""

from collections.abc import Callable, Mapping

from nudger.domain.reasons import Json, Reason
from nudger.domain.records import Aside, Mode, Record, Rule
from nudger.prose.reasons import english

RULES: Mapping[Rule, str] = {
    Rule.UNSEEN: "one not seen before",
    Rule.SERIES: "the next of a series",
    Rule.LONGEST_UNSEEN: "all seen before: the longest unseen",
    Rule.FIRST_HELLO: "the first hello",
    Rule.BY_HAND: "asked for by hand",
}
ASIDE: Mapping[Aside, str] = {
    Aside.SEEN: "seen before",
    Aside.NOT_WANTED: "not wanted",
    Aside.OTHER_TURN: "another component's turn, or resting",
}
_MODES: Mapping[Mode, str] = {
    Mode.HARD_DAY: "a hard day",
    Mode.FIRST_DAYS: "the first {} days",
    Mode.LOW_DAY: "a low day",
    Mode.FINE_DAY: "a fine day",
}


def mode_in_words(mode: Mode, record: Record) -> str:
    """Return one of the modes of a record: `the first 3 days`."""
    return _MODES[mode].format(record.first_days)


def restraint_in_words(record: Record) -> str:
    """Return why nothing may have been better; '' where nobody knows of a reason."""
    code = record.restraint.reason if record.restraint else None
    return english(Reason(code)) if code else ""


def as_facts(record: Record) -> dict[str, Json]:
    """Return what is in a record, by name, as it has always been shown."""
    facts = ((name, read(record)) for name, read in _FACTS.items())
    return {**{name: fact for name, fact in facts if fact is not None}, **record.recorded}


def _nothing(record: Record) -> Json:
    return None if record.restraint is None else [record.restraint.chance, restraint_in_words(record)]


def _set_aside(record: Record) -> Json:
    return [[ASIDE[each.why], each.messages] for each in record.set_aside] or None


_FACTS: Mapping[str, Callable[[Record], Json]] = {
    "version": lambda record: record.version or None,
    "seed": lambda record: record.seed or None,
    "variables": lambda record: record.variables,
    "nothing": _nothing,
    "mode": lambda record: ", ".join(mode_in_words(mode, record) for mode in record.modes) or None,
    "rule": lambda record: RULES[record.rule] if record.rule is not None else None,
    "component": lambda record: record.component,
    "practice": lambda record: record.practice,
    "options": lambda record: record.options,
    "unseen": lambda record: record.unseen,
    "chances": lambda record: record.chances or None,
    "shortlist": lambda record: record.shortlist or None,
    "set_aside": _set_aside,
    "language": lambda record: record.language,
}
