"""YAML, text first: every scalar stays text, and what a schedule never needs is refused.

Only this module knows PyYAML, and only its events: its loaders turn `22:30` into 1350, `no` into False and
`+1413…` into an integer, keep the last of two equal keys in silence, and the composer of its C parser crashes the
process on deep nesting.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from yaml import MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent

from nudger.config.flaws import Flaw, quote
from nudger.config.yaml import syntax_errors
from nudger.config.yaml.raw_text import DIVIDE, composed, decode, invisible, may_hide, oddities, read_bytes, split_lines
from nudger.config.yaml.tree import Document, Entry, Listing, Mapping, Mark, Node, ParserMark, Scalar, mark_of
from nudger.errors import Problem

MAX_DEPTH = 20
MAX_NODES = 100_000
_MAX_PROBLEMS = 20

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser is an optional part of PyYAML

_NO_ALIAS = "Write it out where it is needed: anchors (&) and aliases (*) are not read."
_NO_TAG = "Delete it: every value is read as text, and nudger knows what it has to be."


def read_yaml(path: Path, name: str, *, too_large: str = DIVIDE) -> Document:
    """Return what the file says, with what is wrong with it as YAML; raises nothing. `name` is shown to people."""
    try:
        text = decode(read_bytes(path, too_large=too_large))
    except Flaw as flaw:
        line, column = flaw.position
        problem = Problem(file=name, line=line, column=column, what=flaw.what, expected=flaw.expected)
        return Document(name=name, problems=(problem,))
    return parse_yaml(text, name, too_large=too_large)


def parse_yaml(text: str, name: str, *, too_large: str = DIVIDE) -> Document:
    """Return what the text says, with what is wrong with it as YAML; raises nothing."""
    lines = split_lines(text)
    builder = _Builder(name, lines, too_large)
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

    def __init__(self, name: str, lines: list[str], too_large: str) -> None:
        self.name = name
        self.too_large = too_large
        self.lines = lines
        self.problems: list[Problem] = []
        self.sound = True
        self.nodes = 0
        self.last: yaml.ScalarEvent | None = None

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
            for oddity in oddities(self.lines) if may_hide(text) else ():
                self.refuse(Mark(oddity.line, oddity.column), oddity.flaw.what, oddity.flaw.expected)
            if self.sound:  # a parser's complaint about such a character would only say it worse
                return self._only_document(_LOADER(text).get_event)
        except yaml.MarkedYAMLError as error:
            line, column, what, expected = syntax_errors.explain(error, self.lines, self.last)
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

    def _only_document(self, next_event: Callable[[], Any]) -> Node | None:
        root = None
        documents = 0
        while not isinstance(event := next_event(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    what = "a second document starts here"
                    self.refuse(_start(event), what, "One file holds one document: delete '---'.")
                    self.stop()
            elif isinstance(event, yaml.NodeEvent):
                root = self._node(event, next_event, 1)
        return root

    def _node(self, event: Any, next_event: Callable[[], Any], depth: int) -> Node:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            self._refuse_size(_start(event))
        kind = type(event)
        if event.anchor is not None or event.tag is not None:  # every alias has an anchor
            self._refuse_extras(event, _start(event))
        if kind is ScalarEvent:
            self.last = event
            text, style = event.value, event.style
            if style == '"' or not text.isascii():
                text = self._unescaped(event)
            return Scalar(text, event.start_mark, event.end_mark, bool(style))
        if kind is MappingStartEvent:
            return self._mapping(event, next_event, depth + 1)
        if kind is SequenceStartEvent:
            return self._listing(event, next_event, depth + 1)
        return Scalar("", event.start_mark, event.end_mark, quoted=False)  # an alias, which was refused

    def _refuse_size(self, mark: Mark) -> None:
        if self.nodes > MAX_NODES:
            self.refuse(mark, f"the file has more than {MAX_NODES:,} values", self.too_large)
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

    def _unescaped(self, event: Any) -> str:
        text = composed(event.value)
        if event.style == '"' and not text.isprintable() and (flaw := invisible(text)):  # only here are there escapes
            self.report(_start(event), f"an escape for {flaw.what}", flaw.expected)
        return text

    def _listing(self, event: Any, next_event: Callable[[], Any], depth: int) -> Listing:
        items: list[Node] = []
        while type(inner := next_event()) is not SequenceEndEvent:
            items.append(self._node(inner, next_event, depth))
        return Listing(tuple(items), event.start_mark, _end(inner))

    def _mapping(self, event: Any, next_event: Callable[[], Any], depth: int) -> Mapping:
        entries: dict[str, Entry] = {}
        read = self._node
        while type(inner := next_event()) is not MappingEndEvent:
            key, value = read(inner, next_event, depth), read(next_event(), next_event, depth)
            if type(key) is not Scalar:
                self.refuse(key.start, "a list or a mapping where a key is expected", "A key is a word before a ':'.")
            elif key.text in entries or key.text == "<<":
                self._refuse_key(key, entries)
                entries.setdefault(key.text, Entry(key, value))
            else:
                entries[key.text] = Entry(key, value)
        return Mapping(entries, event.start_mark, _end(inner))

    def _refuse_key(self, key: Scalar, entries: dict[str, Entry]) -> None:
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
    return mark_of(event.start_mark)


def _end(event: Any) -> ParserMark:
    mark: ParserMark = event.end_mark
    return mark
