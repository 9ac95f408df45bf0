"""The entries of a file, each with its place: what is the same for all three kinds of file."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from nudger.config.findings import Findings, Position
from nudger.config.flaws import quote
from nudger.config.repeats import note_repeats
from nudger.config.shape import Shape
from nudger.config.shapes.errors import check_shape, well_shaped
from nudger.config.yaml.tree import Document, Listing, Mapping, Node, Part, Scalar

Entry = TypeVar("Entry", bound=Shape)


def read_entries(
    findings: Findings, document: Document, key: str, file: type[Shape], entry: type[Entry]
) -> Iterator[tuple[Position, Entry]]:
    """Yield the well-shaped entries of the list under `key`, after noting what is wrong with the others."""
    position = Position(document)
    if not _starts_well(findings, document, key):
        return
    for where in entry_places(document, key):
        note_repeats(findings, where)
    whole = check_shape(findings, position, file)
    for loc in _absent(position.node, ()):
        _note_absent(findings, position.at(*loc))
    good: tuple[Entry, ...] = getattr(whole, key) if whole else ()
    for index, where in enumerate(entry_places(document, key)):
        shape = good[index] if whole else well_shaped(where, entry)
        if shape is not None:
            yield where, shape


def entry_places(document: Document, key: str) -> list[Position]:
    """Return the places of the entries under `key`, well-shaped or not."""
    if not isinstance(document.root, Mapping) or key not in document.root.entries:
        return []
    listing = document.root.entries[key].value
    return [Position(document, (key, n)) for n in range(len(listing.items))] if isinstance(listing, Listing) else []


def _starts_well(findings: Findings, document: Document, key: str) -> bool:
    if document.root is None:
        if not findings.errors_in(document):
            findings.about(document.name, "the file is empty", f"It starts with a line '{key}:'.")
        return False
    if not isinstance(document.root, Mapping):
        findings.error(
            Position(document), f"the file is no mapping with the key '{key}'", f"Start with a line '{key}:'."
        )
        return False
    return True


def _absent(node: Node, loc: tuple[Part, ...]) -> Iterator[tuple[Part, ...]]:
    """Yield the places of all that was left empty below a list or a mapping."""
    inner: Iterable[tuple[Part, Node]] = ()
    if isinstance(node, Mapping):
        inner = ((key, entry.value) for key, entry in node.entries.items())
    elif isinstance(node, Listing):
        inner = enumerate(node.items)
    for part, value in inner:
        if not isinstance(value, Scalar):
            yield from _absent(value, (*loc, part))
        elif value.absent:
            yield (*loc, part)


def _comment_instead(position: Position) -> str:
    """Return the comment that stands where a value is missing, in the line of its key; '' for none."""
    spot = position.spot
    if spot.key is None:
        return ""
    end = spot.key.end
    rest = position.document.line(end.line)[end.column - 1 :].lstrip(": ")
    return rest.rstrip() if rest.startswith("#") else ""


def _note_absent(findings: Findings, position: Position) -> None:
    spot = position.spot
    if spot.key is not None and findings.noted_at(position.document, spot.key.start):
        return  # the key is none, and that was said
    name = quote(spot.key.text) if spot.key else "this entry"
    text = spot.node.text if isinstance(spot.node, Scalar) else ""
    if comment := _comment_instead(position):
        what = f"{name} has no value: everything from '#' on is a comment"
        findings.error(position, what, "Put the text in quotes, or write a value before the comment.", part=comment)
    elif text:
        findings.error(
            position, f"{name} has no value: {text} is YAML for nothing", "Leave it out, or put quotes around it."
        )
    else:
        findings.error(position, f"{name} has no value", "Write one, or leave it out; was the file cut short?")
