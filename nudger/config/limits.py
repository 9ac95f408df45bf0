"""`limits:` and `choosing:` of a file in schedules/, and the limits of a person: from their shape to what they mean."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from nudger.config.findings import Findings, Position
from nudger.config.flaws import KeyFlaw
from nudger.config.shapes.errors import well_shaped
from nudger.config.shapes.limits import LimitsShape, PersonLimits
from nudger.config.shapes.schedule import ChoosingShape
from nudger.config.yaml.tree import Document, Mapping
from nudger.domain.limits import NO_LIMITS, Limits

_A_DAY = timedelta(days=1)


def read_limits(findings: Findings, documents: Iterable[Document]) -> Limits:
    """Return everyone's limits after noting what is odd about them, and every `limits:` but the first."""
    position = _only_one(findings, documents, "limits", "the limits are")
    shape = well_shaped(position, LimitsShape) if position else None
    if shape is None or position is None:
        return NO_LIMITS  # there are none, or what is wrong with them was noted with the file's shape
    for doubt in doubts(shape):
        findings.warning(position.at(*doubt.loc), doubt.what, doubt.expected)
    return limits(shape, gentle_days=shape.gentle_first)


def read_learning(findings: Findings, documents: Iterable[Document]) -> bool:
    """Return whether choices learn from answers, after noting every `choosing:` but the first; no, unless said."""
    position = _only_one(findings, documents, "choosing", "how to choose is said")
    shape = well_shaped(position, ChoosingShape) if position else None
    return shape is not None and shape.learning


def place_of_limits(documents: Iterable[Document]) -> Position | None:
    """Return where everyone's limits stand; None where there are none."""
    return next(iter(_places(documents, "limits")), None)


def _places(documents: Iterable[Document], key: str) -> list[Position]:
    return [
        Position(document, (key,))
        for document in documents
        if isinstance(document.root, Mapping) and key in document.root.entries
    ]


def _only_one(findings: Findings, documents: Iterable[Document], key: str, noun: str) -> Position | None:
    """Return where a key stands that counts for everyone, after noting that it stands elsewhere, too."""
    places = _places(documents, key)
    for position in places[1:]:
        what = f"{noun} at {places[0]} already"
        expected = f"{'They count' if key == 'limits' else 'It counts'} for everyone: keep one."
        findings.error(position, what, expected, at_key=True)
    return places[0] if places else None


def limits(shape: PersonLimits, *, gentle_days: int = 0) -> Limits:
    """Return the limits that a shape describes. A person has no gentle days of their own: everyone's count."""
    return Limits(
        per_day=shape.per_day, per_week=shape.per_week, gap=shape.gap or timedelta(0), gentle_days=gentle_days
    )


def doubts(shape: PersonLimits) -> Iterator[KeyFlaw]:
    """Yield what is odd about limits, and may be meant."""
    if shape.per_day and shape.per_week and shape.per_week < shape.per_day:
        yield KeyFlaw(
            ("per_week",), f"{shape.per_week} a week is less than {shape.per_day} a day", "Is it the other way?"
        )
    if shape.per_day and shape.gap and (shape.per_day - 1) * shape.gap >= _A_DAY:
        yield KeyFlaw(
            ("gap",), f"{shape.per_day} a day with such gaps do not fit into a day", "A shorter gap, or fewer?"
        )
