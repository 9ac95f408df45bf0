"""Which shape stands where, and what would be wrong in a place with another value in it: a remedy is tried there."""

import re
from collections.abc import Iterator
from typing import get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from nudger.config.findings import Position
from nudger.config.shape import Shape, keys_of
from nudger.config.shapes.crisis_lines import CrisisLinesFile
from nudger.config.shapes.message import MessagesFile
from nudger.config.shapes.recipient import RecipientsFile
from nudger.config.shapes.schedule import SchedulesFile
from nudger.config.values import aliases, loose
from nudger.config.yaml.tree import Part, Plain, node_at, plain

_LONGEST = 200


def _inside(annotation: object) -> Iterator[type[Shape]]:
    """Yield the shapes that a field may hold, be it one of them or a list."""
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        yield annotation
    for inner in get_args(annotation):
        yield from _inside(inner)


def _below(shape: type[Shape], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], type[Shape]]]:
    for key, field in keys_of(shape).items():
        for inner in _inside(field.annotation):
            yield (*path, key), inner
            yield from _below(inner, (*path, key))


SHAPES = {
    path: shape
    for file in (SchedulesFile, MessagesFile, CrisisLinesFile, RecipientsFile)
    for path, shape in _below(file)
}
"""Which keys may stand where, by the path of keys to them."""


def reads(position: Position, model: type[Shape], value: Plain) -> bool:
    """Say whether a value, put into its place, reads without a fault there: no remedy is offered untried."""
    return not faults(position, model, value)


def faults(position: Position, model: type[Shape], value: Plain) -> list[ErrorDetails]:
    """Return what would be wrong in a place with another value in it."""
    root, loc = position.document.root, position.loc
    assert root is not None
    whole: Plain = plain(root)
    if len(loc) > 2 and isinstance(loc[0], str) and isinstance(loc[1], int):  # noqa: PLR2004 - a key of an entry
        whole, model, loc = plain(node_at(root, loc[:2])), SHAPES.get((loc[0],), model), loc[2:]
    try:
        model.model_validate(_with(whole, loc, value))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        return [details for details in found if _bare(details["loc"])[: len(_bare(loc))] == _bare(loc)]
    return []


def _bare(loc: tuple[Part, ...]) -> tuple[Part, ...]:
    return tuple(part for part in loc if not (isinstance(part, str) and part.startswith("(")))


def _with(whole: Plain, loc: tuple[Part, ...], value: Plain) -> Plain:
    """Return a tree with one value in place of another; parts of the path that are not there are skipped."""
    if not loc:
        return value
    part, *rest = loc
    if isinstance(whole, dict) and isinstance(part, str) and part in whole:
        return {**whole, part: _with(whole[part], tuple(rest), value)}
    if isinstance(whole, tuple) and isinstance(part, int) and part < len(whole):
        return (*whole[:part], _with(whole[part], tuple(rest), value), *whole[part + 1 :])
    return _with(whole, tuple(rest), value)


def list_proposals(text: str) -> list[tuple[str, ...]]:
    """Return the lists that a single text may stand for: of itself, of its parts, of what they are in other words."""
    parts = [part.strip().strip("[]") for part in re.split("[,;]", text[:_LONGEST])]
    hours = next(loose.hours(text), "").partition("-")
    others = [aliases.language(part) or loose.plain(part).replace(" ", "-") for part in parts]
    return [(text,), tuple(parts), tuple(others), *([(hours[0], hours[2])] if hours[1] else [])]
