"""YAML, text first: every scalar stays text, and what a schedule never needs is refused.

Only this module knows PyYAML, and only its events: its loaders turn `22:30` into 1350, `no` into False and
`+1413…` into an integer, keep the last of two equal keys in silence, and the composer of its C parser crashes the
process on deep nesting.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from nudger.errors import Problem
from nudger.files import yaml_words
from nudger.files.flaws import Flaw, quote
from nudger.files.raw_text import decode, invisible, oddities, read_bytes, split_lines
from nudger.files.tree import Document, Entry, Listing, Mapping, Mark, Node, Scalar

MAX_DEPTH = 20
MAX_NODES = 100_000
_MAX_PROBLEMS = 20

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser is an optional part of PyYAML

_NO_ALIAS = "Write it out where it is needed: anchors (&) and aliases (*) are not read."
_NO_TAG = "Delete it: every value is read as text, and nudger knows what it has to be."


def read_yaml(path: Path, name: str) -> Document:
    """Return what the file says, with what is wrong with it as YAML; raises nothing. `name` is shown to people."""
    try:
        text = decode(read_bytes(path))
    except Flaw as flaw:
        problem = Problem(file=name, line=0, column=0, what=flaw.what, expected=flaw.expected)
        return Document(name=name, problems=(problem,))
    return parse_yaml(text, name)


def parse_yaml(text: str, name: str) -> Document:
    """Return what the text says, with what is wrong with it as YAML; raises nothing."""
    lines = split_lines(text)
    builder = _Builder(name, lines)
    root = builder.document(text)
    return Document(
        name=name,
        lines=tuple(lines),
        root=root if builder.sound else None,
        problems=tuple(builder.problems),
    )


class _StopReading(Exception):  # noqa: N818 - not an error of its own: the problem is in the list by then
    """The rest of the file cannot be read, or is not worth it."""


class _Builder:
    """Builds the tree from the events. `sound` says whether the tree still says what the file says."""

    def __init__(self, name: str, lines: list[str]) -> None:
        self.name = name
        self.lines = lines
        self.problems: list[Problem] = []
        self.sound = True
        self.nodes = 0

    def report(self, mark: Mark, what: str, expected: str, *, width: int = 1) -> None:
        source = self.lines[mark.line - 1] if mark.line <= len(self.lines) else ""
        self.problems.append(
            Problem(
                file=self.name,
                line=mark.line,
                column=mark.column,
                what=what,
                expected=expected,
                source=source,
                width=width,
            )
        )
        if len(self.problems) >= _MAX_PROBLEMS:
            self.stop()

    def stop(self) -> None:
        self.sound = False
        raise _StopReading

    def refuse(self, mark: Mark, what: str, expected: str, *, width: int = 1) -> None:
        self.sound = False
        self.report(mark, what, expected, width=width)

    def document(self, text: str) -> Node | None:
        try:
            for oddity in oddities(self.lines):
                self.refuse(Mark(oddity.line, oddity.column), oddity.flaw.what, oddity.flaw.expected)
            if self.sound:  # a parser's complaint about such a character would only say it worse
                return self._only_document(yaml.parse(text, Loader=_LOADER))
        except yaml.MarkedYAMLError as error:
            line, column, what, expected = yaml_words.explain(error, self.lines)
            self.sound = False
            self.problems.append(
                Problem(
                    file=self.name,
                    line=line,
                    column=column,
                    what=what,
                    expected=expected,
                    source=self.lines[line - 1] if line <= len(self.lines) else "",
                )
            )
        except yaml.YAMLError as error:
            self.sound = False
            self.problems.append(Problem(file=self.name, line=0, column=0, what=f"this is no YAML: {error}"))
        except _StopReading:
            pass
        return None

    def _only_document(self, events: Iterator[Any]) -> Node | None:
        root = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.refuse(
                        _start(event), "a second document starts here", "One file holds one document: delete '---'."
                    )
                    self.stop()
            elif isinstance(event, yaml.NodeEvent):
                root = self._node(event, events, 1)
        return root

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            self._refuse_size(_start(event))
        kind = type(event)
        if kind is yaml.AliasEvent or event.anchor is not None or event.tag is not None:
            self._refuse_extras(event, _start(event))
        if kind is yaml.SequenceStartEvent:
            return self._listing(event, events, depth)
        if kind is yaml.MappingStartEvent:
            return self._mapping(event, events, depth)
        return self._scalar(event)

    def _refuse_size(self, mark: Mark) -> None:
        if self.nodes > MAX_NODES:
            self.refuse(mark, f"the file has more than {MAX_NODES:,} values", "Divide it into several files.")
        else:
            self.refuse(
                mark, f"lists inside lists, more than {MAX_DEPTH} deep", "Nothing needs that; is it the right file?"
            )
        self.stop()

    def _refuse_extras(self, event: Any, mark: Mark) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._refuse_extra(mark, "an alias", f"*{event.anchor}", _NO_ALIAS)
            return
        if event.anchor is not None:
            self._refuse_extra(mark, "an anchor", f"&{event.anchor}", _NO_ALIAS)
        if event.tag is not None:
            self._refuse_extra(mark, "a tag", event.tag.replace("tag:yaml.org,2002:", "!!"), _NO_TAG)

    def _refuse_extra(self, mark: Mark, kind: str, text: str, expected: str) -> None:
        self.refuse(mark, f"{kind}, {quote(text)}, cannot stand here", expected, width=len(text))

    def _scalar(self, event: Any) -> Scalar:
        text = getattr(event, "value", "")  # an alias has none
        node = Scalar(text, _start(event), _end(event), bool(getattr(event, "style", None)))
        if node.quoted and not text.isprintable() and (flaw := invisible(text)):
            self.report(node.start, f"an escape for {flaw.what}", flaw.expected)  # "\u202e" in double quotes
        return node

    def _listing(self, event: Any, events: Iterator[Any], depth: int) -> Listing:
        items: list[Node] = []
        for inner in events:
            if isinstance(inner, yaml.SequenceEndEvent):
                return Listing(tuple(items), _start(event), _end(inner))
            items.append(self._node(inner, events, depth + 1))
        raise AssertionError("the parser closes what it opens")

    def _mapping(self, event: Any, events: Iterator[Any], depth: int) -> Mapping:
        entries: dict[str, Entry] = {}
        for inner in events:
            if isinstance(inner, yaml.MappingEndEvent):
                return Mapping(entries, _start(event), _end(inner))
            key = self._node(inner, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            if isinstance(key, Scalar):
                self._check_key(key, entries)
                entries.setdefault(key.text, Entry(key, value))
            else:
                self.refuse(key.start, "a list or a mapping where a key is expected", "A key is a word before a ':'.")
        raise AssertionError("the parser closes what it opens")

    def _check_key(self, key: Scalar, entries: dict[str, Entry]) -> None:
        if key.text == "<<" and not key.quoted:
            self.refuse(key.start, "a merge key, '<<'", "Write the keys out: nothing is merged.", width=2)
        elif first := entries.get(key.text):
            line = first.key.start.line
            self.report(
                key.start,
                f"the key {quote(key.text)} is here for the second time (first in line {line})",
                "Keep one of the two.",
                width=len(key.text),
            )


def _start(event: Any) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)


def _end(event: Any) -> Mark:
    return Mark(event.end_mark.line + 1, event.end_mark.column + 1)
