"""The phases of a programme: from their shapes to phases, and what only two keys or two phases can get wrong."""

from nudger.config.findings import Findings, Position
from nudger.config.shapes.when import PhaseShape
from nudger.config.values.recurrences import Stretch
from nudger.domain.schedules import Phase

_WHICH = ("days", "weeks", "day")
_EVERY_DAY = frozenset(range(7))


def check_programme(findings: Findings, position: Position, phases: tuple[PhaseShape, ...]) -> bool:
    """Note what is wrong with each phase, and every one that overlaps with an earlier one."""
    shaped = [_check_phase(findings, position.at(index), phase) for index, phase in enumerate(phases)]
    apart = [_check_overlap(findings, position.at(index), phases[: index + 1]) for index in range(len(phases))]
    return all(shaped) and all(apart)


def _check_phase(findings: Findings, position: Position, phase: PhaseShape) -> bool:
    given = [key for key in _WHICH if getattr(phase, key)]
    if not given:
        findings.error(position, "this phase names no days", 'Write days: "1-14", weeks: "3-8" or day: 30.')
        return False
    if len(given) > 1:
        findings.error(
            position.at(given[1]), f"'{given[1]}' cannot stand beside '{given[0]}'", "Keep one.", at_key=True
        )
        return False
    often = [key for key in ("every", "on") if getattr(phase, key)]
    if phase.day and often:
        findings.error(
            position.at(often[0]), f"'{often[0]}' cannot stand beside 'day'", "One day is one day.", at_key=True
        )
        return False
    if len(often) > 1:
        findings.error(position.at("on"), "'on' cannot stand beside 'every'", "Keep one.", at_key=True)
        return False
    return True


def _check_overlap(findings: Findings, position: Position, phases: tuple[PhaseShape, ...]) -> bool:
    """Look at the last of these phases beside the others."""
    last = _stretch(phases[-1])
    for other in map(_stretch, phases[:-1]):
        if last and other and _overlap(other, last):
            verb = "overlaps" if last.first == last.last else "overlap"
            findings.error(position, f"{last} {verb} with {other} of another phase", "Each day is in one phase.")
            return False
    return True


def _stretch(phase: PhaseShape) -> Stretch | None:
    return phase.days or phase.weeks or phase.day


def _overlap(one: Stretch, other: Stretch) -> bool:
    return (one.last is None or other.first <= one.last) and (other.last is None or one.first <= other.last)


def read_phases(phases: tuple[PhaseShape, ...]) -> tuple[Phase, ...]:
    """Return the phases that shapes without mistakes describe."""
    return tuple(_phase(phase) for phase in phases)


def _phase(shape: PhaseShape) -> Phase:
    stretch = _stretch(shape)
    assert stretch is not None
    return Phase(
        first=stretch.first,
        last=stretch.last,
        every=shape.every.days if shape.every else 1,
        weekdays=frozenset().union(*shape.on) if shape.on else _EVERY_DAY,
    )
