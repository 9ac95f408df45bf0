"""The `limits:` of a file in schedules/, and of a person: from their shape to limits, and what is odd about them."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import NamedTuple

from nudger.domain.limits import NO_LIMITS, Limits
from nudger.files.findings import Findings, Place
from nudger.files.limit_shapes import LimitsShape, PersonLimits
from nudger.files.shape_errors import well_shaped
from nudger.files.tree import Document, Mapping

_A_DAY = timedelta(days=1)


class Doubt(NamedTuple):
    """What is odd about limits, and at which of their keys."""

    key: str
    what: str
    expected: str


def read_limits(findings: Findings, documents: Iterable[Document]) -> Limits:
    """Return everyone's limits after noting what is odd about them, and every `limits:` but the first."""
    places = [
        Place(document, ("limits",))
        for document in documents
        if isinstance(document.root, Mapping) and "limits" in document.root.entries
    ]
    for place in places[1:]:
        findings.error(
            place, f"the limits are at {places[0]} already", "They count for everyone: keep one.", at_key=True
        )
    shape = well_shaped(places[0], LimitsShape) if places else None
    if shape is None:
        return NO_LIMITS  # there are none, or what is wrong with them was noted with the file's shape
    for doubt in doubts(shape):
        findings.warning(places[0].at(doubt.key), doubt.what, doubt.expected)
    return limits(shape, gentle_days=shape.gentle_first)


def limits(shape: PersonLimits, *, gentle_days: int = 0) -> Limits:
    """Return the limits that a shape describes. A person has no gentle days of their own: everyone's count."""
    return Limits(
        per_day=shape.per_day, per_week=shape.per_week, gap=shape.gap or timedelta(0), gentle_days=gentle_days
    )


def doubts(shape: PersonLimits) -> Iterator[Doubt]:
    """Yield what is odd about limits, and may be meant."""
    if shape.per_day and shape.per_week and shape.per_week < shape.per_day:
        yield Doubt("per_week", f"{shape.per_week} a week is less than {shape.per_day} a day", "Is it the other way?")
    if shape.per_day and shape.gap and (shape.per_day - 1) * shape.gap >= _A_DAY:
        yield Doubt("gap", f"{shape.per_day} a day with such gaps do not fit into a day", "A shorter gap, or fewer?")
