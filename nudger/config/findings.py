"""The collector of everything that is wrong, and the places it points to."""

import re
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from nudger.config.flaws import Flaw, code_point
from nudger.config.yaml import lookalikes
from nudger.config.yaml.tree import Document, Listing, Mark, Node, Part, Scalar, Spot, locate, node_at
from nudger.errors import Problem

_MAX_PER_FILE = 100

_WORD = 100
"""Longer texts are prose, where such characters are at home."""

_A_LIST = re.compile(r"(Write )(?:a list: )?\[([^\[\]]*)\](?=\.$)")

Value = TypeVar("Value")
_Piece = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a document: the path that leads to it. What is not there stands for what is around it."""

    document: Document
    loc: tuple[Part, ...] = ()

    def at(self, *parts: Part) -> "Position":
        """Return a position further in."""
        return Position(self.document, self.loc + parts)

    @property
    def spot(self) -> Spot:
        """The node that is there, with its key and its path in words."""
        if self.document.root is None:
            raise AssertionError("a place is in a document that has a tree")
        return locate(self.document.root, self.loc)

    @property
    def node(self) -> Node:
        """The node that is there."""
        if self.document.root is None:
            raise AssertionError("a place is in a document that has a tree")
        return node_at(self.document.root, self.loc)

    @property
    def in_a_list(self) -> bool:
        """Whether it is an item of a list."""
        if not self.loc or self.document.root is None:
            return False
        around, last = node_at(self.document.root, self.loc[:-1]), self.loc[-1]
        return isinstance(around, Listing) and isinstance(last, int) and last < len(around.items)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that lead there, without the numbers of lists and the tags of unions."""
        return tuple(part for part in self.loc if isinstance(part, str) and not part.startswith("("))

    def __str__(self) -> str:
        mark = self.node.start
        return f"{self.document.name}:{mark.line}"


@dataclass(frozen=True, slots=True)
class Written(Generic[Value]):
    """A value, and the place where it was written."""

    value: Value
    position: Position


class Findings:
    """Everything that is wrong with the files read so far."""

    def __init__(self) -> None:
        self._problems: dict[str, list[Problem]] = {}
        self._places: set[tuple[str, Mark]] = set()
        self.unread: list[str] = []
        """Files that look as if they were meant, and are not read."""
        self.remarks: list[str] = []
        """Sentences about the look itself, not about any file."""

    def document(self, document: Document) -> None:
        """Take over what the reader found wrong with a document."""
        self._problems.setdefault(document.name, []).extend(document.problems)

    def about(self, file: str, what: str, expected: str = "", *, warning: bool = False) -> None:
        """Note something about a file or a folder as a whole."""
        problem = Problem(file=file, line=0, column=0, what=what, expected=expected, warning=warning)
        self._problems.setdefault(file, []).append(problem)

    def remark(self, sentence: str) -> None:
        """Say something about the look itself: what was left out of it."""
        self.remarks.append(sentence)

    def error(
        self, position: Position, what: str, expected: str = "", *, part: str = "", nth: int = 0, at_key: bool = False
    ) -> None:
        """Note an error at a place; `at_key` points to its key, `part` to (the nth of) such a piece of its text."""
        self._note(position, what, expected, (part, nth), at_key=at_key, warning=False)

    def warning(
        self, position: Position, what: str, expected: str = "", *, part: str = "", nth: int = 0, at_key: bool = False
    ) -> None:
        """Note a warning at a place, as an error is."""
        self._note(position, what, expected, (part, nth), at_key=at_key, warning=True)

    def flaw(self, position: Position, flaw: Flaw) -> None:
        """Note what is wrong with the text at a place."""
        what, expected = flaw.what, flaw.expected
        if position.in_a_list:  # a list is not put into another
            expected = _A_LIST.sub(r"\1\2", expected)
        if (
            isinstance(position.node, Scalar)
            and "U+" not in what
            and (odd := lookalikes.first(position.node.text[:_WORD]))
        ):
            what = f"{what}: {odd} is in it"
        self._note(position, what, expected, (flaw.part, 0), at_key=False, warning=False)

    def noted_at(self, document: Document, mark: Mark) -> bool:
        """Say whether something was noted that begins just there."""
        return (document.name, mark) in self._places

    def errors_in(self, document: Document) -> bool:
        """Say whether a document has an error so far."""
        return any(not problem.warning for problem in self._problems.get(document.name, ()))

    @property
    def failed(self) -> bool:
        """Whether any file has an error so far."""
        return any(not problem.warning for found in self._problems.values() for problem in found)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem of every file, in reading order."""
        return tuple(problem for found in self._problems.values() for problem in _in_order(found))

    def _note(
        self, position: Position, what: str, expected: str, piece: _Piece, *, at_key: bool, warning: bool
    ) -> None:
        document, spot = position.document, position.spot
        mark, width = _underline(document, spot, piece, at_key=at_key)
        self._places.add((document.name, mark))
        path = spot.path[:-1] if at_key else spot.path
        problem = Problem(
            file=document.name,
            line=mark.line,
            column=mark.column,
            what=what,
            expected=expected,
            path=path,
            source=document.line(mark.line),
            width=width,
            warning=warning,
        )
        self._problems.setdefault(document.name, []).append(problem)


def _in_order(found: list[Problem]) -> list[Problem]:
    ordered = sorted(dict.fromkeys(found), key=lambda problem: (problem.line, problem.column, problem.warning))
    if len(ordered) <= _MAX_PER_FILE:
        return ordered
    rest = len(ordered) - _MAX_PER_FILE
    last = replace(ordered[_MAX_PER_FILE - 1], what=f"{rest:,} more problems in this file", expected="", path=())
    return [*ordered[: _MAX_PER_FILE - 1], last]


def _underline(document: Document, spot: Spot, piece: _Piece, *, at_key: bool) -> tuple[Mark, int]:
    node = spot.node
    if spot.key is not None and (at_key or (isinstance(node, Scalar) and node.absent)):
        node = spot.key
    if piece[0] and isinstance(node, Scalar) and (found := _find(document, node, *piece)):
        return found, len(piece[0])
    if node.start.line == node.end.line:
        return node.start, max(1, node.end.column - node.start.column)
    return node.start, max(1, len(document.line(node.start.line).rstrip()) - node.start.column + 1)


def _find(document: Document, node: Scalar, part: str, nth: int) -> Mark | None:
    """Find a piece of a text in the lines it was written in; it is not there as such if it was escaped."""
    for number in range(node.start.line, node.end.line + 1):
        column = (node.start.column if number == node.start.line else 1) - 1
        line = document.line(number).lower()
        while (column := line.find(part.lower(), column)) >= 0:
            if nth == 0:
                return Mark(number, column + 1)
            nth, column = nth - 1, column + 1
    return None


def name_of(letter: str) -> str:
    """Return a character as people can see it, with its code point."""
    return f"{letter} ({code_point(letter)})" if letter.isprintable() and letter != " " else code_point(letter)
