"""What a YAML file says before anyone decides what it means: texts, lists and mappings, each with its place."""

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeAlias

from nudger.errors import Problem

Plain: TypeAlias = str | tuple["Plain", ...] | dict[str, "Plain"]
Part = str | int


class Mark(NamedTuple):
    """A place in a file; lines and columns count from 1."""

    line: int
    column: int


class ParserMark(Protocol):
    """A place as the parser has it; lines and columns count from 0."""

    line: int
    column: int


def mark_of(position: ParserMark) -> Mark:
    """Return a parser's place as people count."""
    return Mark(position.line + 1, position.column + 1)


class Scalar(NamedTuple):
    """A text. `quoted` says whether it stood in quotes or in a block, so that it was certainly meant as text.

    A folder has thousands of nodes, and only those that are wrong are ever asked where they are.
    """

    text: str
    begins: ParserMark
    ends: ParserMark
    quoted: bool

    @property
    def start(self) -> Mark:
        """Where it starts."""
        return mark_of(self.begins)

    @property
    def end(self) -> Mark:
        """Where it ends."""
        return mark_of(self.ends)

    @property
    def absent(self) -> bool:
        """Whether nothing, or YAML's word for nothing, was written."""
        return not self.quoted and self.text in {"", "~", "null", "Null", "NULL"}


class Listing(NamedTuple):
    """A list."""

    items: tuple["Node", ...]
    begins: ParserMark
    ends: ParserMark

    @property
    def start(self) -> Mark:
        """Where it starts."""
        return mark_of(self.begins)

    @property
    def end(self) -> Mark:
        """Where it ends."""
        return mark_of(self.ends)


class Entry(NamedTuple):
    """One key of a mapping, and its value."""

    key: Scalar
    value: "Node"


class Mapping(NamedTuple):
    """Keys and values. Not called a dict: it keeps the places."""

    entries: dict[str, Entry]
    begins: ParserMark
    ends: ParserMark

    @property
    def start(self) -> Mark:
        """Where it starts."""
        return mark_of(self.begins)

    @property
    def end(self) -> Mark:
        """Where it ends."""
        return mark_of(self.ends)


Node = Scalar | Listing | Mapping


class Spot(NamedTuple):
    """Where something stands: the node, the key before it, and the path to it in words."""

    node: Node
    key: Scalar | None
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file that was read: its tree (None if it has no usable one), and what is wrong with it as YAML."""

    name: str
    lines: tuple[str, ...] = ()
    root: Node | None = None
    problems: tuple[Problem, ...] = field(default=())

    def line(self, number: int) -> str:
        """Return a source line, or '' where there is none."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""


def plain(node: Node) -> Plain:
    """Return the tree without its places: str, tuple and dict."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Listing):
        return tuple(plain(item) for item in node.items)
    return {key: plain(entry.value) for key, entry in node.entries.items()}


def node_at(root: Node, loc: tuple[Part, ...]) -> Node:
    """Follow `loc` as far as the tree goes; parts that are not there (a missing key, a union's tag) are skipped."""
    node = root
    for part in loc:
        if isinstance(node, Mapping) and isinstance(part, str) and part in node.entries:
            node = node.entries[part].value
        elif isinstance(node, Listing) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
    return node


def locate(root: Node, loc: tuple[Part, ...]) -> Spot:
    """Return what is where `loc` leads, with its key and the path to it in words."""
    node, key, path = root, None, []
    for part in loc:
        if isinstance(node, Mapping) and isinstance(part, str) and part in node.entries:
            key, node = node.entries[part]
            path.append(part)
        elif isinstance(node, Listing) and isinstance(part, int) and part < len(node.items):
            node, key = node.items[part], None
            path += _label(node, part)
    return Spot(node, key, tuple(path))


def _label(node: Node, index: int) -> list[str]:
    """Name a list's item by its id where it has one; an item that is no mapping is shown by the caret alone."""
    if not isinstance(node, Mapping):
        return []
    entry = node.entries.get("id")
    if entry and isinstance(entry.value, Scalar) and not entry.value.absent and entry.value.text:
        return [entry.value.text[:60]]
    return [f"no. {index + 1}"]


def text_at(node: Node, *keys: str) -> str | None:
    """Return the text under these keys, or None if there is none there."""
    for key in keys:
        if not isinstance(node, Mapping) or key not in node.entries:
            return None
        node = node.entries[key].value
    return node.text if isinstance(node, Scalar) and not node.absent else None
