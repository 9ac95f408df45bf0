"""A CSV file as a table: rows with their places, and everything that is wrong with the file, all at once."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from nudger.config.flaws import Flaw, nearest, quote
from nudger.config.tables.records import Lines, open_quote, outside_quotes, place_of
from nudger.config.tables.spreadsheets import unguarded
from nudger.config.tables.text import lines_of, opened
from nudger.config.yaml.raw_text import oddities, split_lines
from nudger.errors import Problem

_MAX_PROBLEMS = 100
_MAX_DOUBTS = 30
"""Mild warnings of one table that are listed: a list of thousands may have the same doubt about each."""

_MAX_UNKNOWN = 5
_SEPARATOR_LINE = re.compile('"?sep=([,;\t])"?[,;\t]*\\Z', re.IGNORECASE)
"""What Excel writes, and wants, as the first line of some tables."""
_DELIMITERS = ",;\t"
_OTHER_DELIMITERS = re.compile(r"[|:/~^\u060c\uff0c\uff1b]| {2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a table looks like: its columns, those it needs (one at least of each group), and words for an empty one.

    `aliases` are other names that people give to a column; `more` says where all of them are listed.
    """

    columns: tuple[str, ...]
    needed: tuple[tuple[str, ...], ...]
    header: str
    nothing: str
    remedy: str
    more: str
    aliases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one line and where they stand: lines count from 1."""

    line: int
    source: str
    cells: list[str]
    header: list[str]
    delimiter: str
    present: dict[str, str]
    """The cells that the line has, by column, empty ones too."""

    @property
    def by_name(self) -> dict[str, str]:
        """The cells that are not empty, by column."""
        return {name: cell for name, cell in self.present.items() if cell}


class Table:
    """One CSV file with a header of known columns; keeps what is wrong with it in `problems`.

    `path` names it, `-` for standard input; with `file` that is read instead. It is read once, and never is in memory
    as a whole.
    """

    def __init__(self, path: Path, layout: Layout, file: BinaryIO | None = None) -> None:
        self._path = path
        self._layout = layout
        self._file = file
        self._delimiter = ","
        self.header: list[str] = []
        self.first = 1
        """The line that names the columns."""
        self.problems: list[Problem] = []
        self._doubts = self._unlisted = 0
        self.refused: set[int] = set()
        """The lines with an error in them."""

    def rows(self) -> Iterator[Row]:
        """Yield the rows that are whole; with problems some may be missing, and after a hundred the rest is."""
        found = False
        try:
            with opened(self._path, self._file) as file:
                for row in self._read(Lines(lines_of(file))):
                    found = True
                    yield row
        except Flaw as flaw:
            line, column = flaw.position
            self.refused.add(0)  # nobody knows how many lines there are
            self._note(line, "", column, flaw.what, flaw.expected)
        if not found and not self.problems:
            self._note(0, "", 0, self._layout.nothing, self._layout.remedy)

    def refuse(
        self,
        row: Row,
        column: str,
        what: str,
        expected: str = "",
        *,
        owner: str = "",
        warning: bool = False,
        mild: bool = False,
    ) -> None:
        """Note what is wrong with a cell, and whose it is."""
        index = row.header.index(column) if column in row.header else 0
        cell = row.cells[index] if index < len(row.cells) else ""
        position = place_of(row.source, index, row.delimiter)
        path = tuple(part for part in (owner, column) if part)
        self._note(
            row.line, row.source, position, what, expected, width=len(cell) or 1, path=path, warning=warning, mild=mild
        )

    def refuse_header(self, what: str, expected: str) -> None:
        """Note what is wrong with the line that names the columns."""
        self._note(self.first, self._delimiter.join(self.header), 1, what, expected)

    def found(self, *, by_column: bool = True) -> tuple[Problem, ...]:
        """Return all that is wrong, line by line; after a hundred, only that there are more.

        What is wrong in one line comes by its column, or else as it was noted.
        """
        ordered = sorted(self.problems, key=lambda problem: (problem.line, by_column and problem.column))
        if self._unlisted:
            what = f"there are {self._unlisted:,} more warnings like these"
            ordered.append(Problem(file=str(self._path), line=0, column=0, what=what, expected="", warning=True))
        if not self.full:
            return tuple(ordered)
        more = Problem(
            file=str(self._path),
            line=0,
            column=0,
            what=f"there are more than {_MAX_PROBLEMS} problems",
            expected="Mend these first.",
        )
        return (*ordered[:_MAX_PROBLEMS], more)

    @property
    def full(self) -> bool:
        """Whether there were so many problems that the rest was not read; mild ones are not counted."""
        return len(self.problems) - self._doubts >= _MAX_PROBLEMS

    def _read(self, lines: Lines) -> Iterator[Row]:
        first = lines.first()
        if separator := _SEPARATOR_LINE.match(first.strip("\r\n ")):
            self._delimiter, first = separator[1], lines.first()
        else:
            self._delimiter = max(_DELIMITERS, key=outside_quotes(first).count)
        rows = csv.reader(lines.again(first), delimiter=self._delimiter, strict=True)
        try:
            self.header = self._header(next(rows, []), lines)
            for cells in lines.records(rows) if self.header else ():
                if self.full:
                    return
                row = Row(lines.start, lines.taken[0], cells, self.header, self._delimiter, self._named(cells))
                if any(map(str.strip, cells)) and self._right(row, lines.taken):
                    yield row
        except csv.Error:
            record = "".join(lines.taken)
            position, what = open_quote(record, self._delimiter)
            before = split_lines(record[:position])
            line = lines.taken[len(before) - 1] if lines.taken else ""
            expected = 'Close it, and write "" for a quote inside a cell.'
            self._note(lines.start + len(before) - 1, line, len(before[-1]) + 1, what, expected)

    def _named(self, cells: list[str]) -> dict[str, str]:
        return {name: unguarded(cell.strip()) for name, cell in zip(self.header, cells, strict=False) if name}

    def _header(self, cells: list[str], lines: Lines) -> list[str]:
        """Return the columns; none where they are wrong, because then nothing below can be understood."""
        self.first, source = lines.start, lines.taken[0] if lines.taken else ""
        header = ["_".join(cell.lower().replace("-", " ").split()) for cell in cells]
        if not any(header):
            raise Flaw("the file is empty", f"Its first line names the columns: {self._layout.header}.")
        if not self._seen_through(lines.taken, lines.start) or not self._is_header(header, source):
            return []
        self._look_at_columns(header, source)
        for names in self._layout.needed:
            if set(names).isdisjoint(header):
                what = f"there is no column {' or '.join(names)}"
                self._note(self.first, source, 1, what, "The first line names the columns.")
        return [] if self.problems else header

    def _is_header(self, header: list[str], source: str) -> bool:
        """Say whether a line names columns at all, after noting why not."""
        known = {*self._layout.columns, *self._layout.aliases}
        if not known.isdisjoint(header):
            return True
        other = _OTHER_DELIMITERS.search(source)
        if other and not known.isdisjoint(each.strip().lower() for each in _OTHER_DELIMITERS.split(source)):
            what = f"the columns are parted by {quote(other[0])}"
            self._note(self.first, source, other.start() + 1, what, "Part them by , or ; or a tab.")
        else:
            expected = f"It names the columns, as in {self._layout.header}. {self._layout.more}"
            self._note(self.first, source, 1, "the first line is no header", expected)
        return False

    def _look_at_columns(self, header: list[str], source: str) -> None:
        unknown = [(index, name) for index, name in enumerate(header) if name and name not in self._layout.columns]
        for index, name in unknown[:_MAX_UNKNOWN]:
            near = self._layout.aliases.get(name) or nearest(name, self._layout.columns)
            hint = f"Did you mean '{near}'?" if near else self._layout.more
            position = place_of(source, index, self._delimiter)
            self._note(self.first, source, position, f"{quote(name)} is no column", hint, width=len(name))
        if (more := len(unknown) - _MAX_UNKNOWN) > 0:
            what = f"{more} more columns are unknown" if more > 1 else "1 more column is unknown"
            self._note(self.first, source, 1, what, self._layout.more)
        twice = {name for index, name in enumerate(header) if name and name in header[:index]}
        for name in sorted(twice & set(self._layout.columns), key=header.index):
            position = place_of(source, len(header) - 1 - header[::-1].index(name), self._delimiter)
            self._note(self.first, source, position, f"the column {quote(name)} is there twice", "", width=len(name))

    def _right(self, row: Row, taken: list[str]) -> bool:
        """Say whether a row can be used, after noting why not."""
        if not self._seen_through(taken, row.line):
            return False
        if any(cell.strip() for name, cell in zip(row.header, row.cells, strict=False) if not name):
            index = next(n for n, name in enumerate(row.header) if not name and row.cells[n].strip())
            what, expected = "this cell has no column", "Name it in the first line, or empty the cell."
        elif len(row.cells) > len(row.header):
            index = len(row.header)
            what = f"the line has {len(row.cells)} cells for {len(row.header)} columns"
            expected = f"Put quotes around a cell with a {_NAMES[self._delimiter]} in it."
        else:
            return True
        self._note(row.line, row.source, place_of(row.source, index, self._delimiter), what, expected)
        return False

    def _seen_through(self, taken: Iterable[str], start: int) -> bool:
        """Say whether lines are free of what nobody can see, after noting what is there."""
        before = len(self.problems)
        for number, line in enumerate(taken, start=start):
            bare = line.rstrip("\r\n")
            for odd in () if bare.isascii() and bare.isprintable() else oddities([bare]):
                self._note(number, line, odd.column, odd.flaw.what, odd.flaw.expected)
        return len(self.problems) == before

    def _note(
        self,
        line: int,
        source: str,
        column: int,
        what: str,
        expected: str,
        *,
        width: int = 1,
        path: tuple[str, ...] = (),
        warning: bool = False,
        mild: bool = False,
    ) -> None:
        if mild and self._doubts >= _MAX_DOUBTS:
            self._unlisted += 1
            return
        self._doubts += mild
        if not warning:
            self.refused.add(line)
        bare = _without_addresses(what)
        if bare != what:
            what, expected = bare, "An address stands here: is there a separator too many, or a quote missing?"
        path = tuple(_without_addresses(part) for part in path)
        self.problems.append(
            Problem(
                file=str(self._path),
                line=line,
                column=column,
                what=what,
                path=path,
                expected=expected,
                source=source.rstrip("\r\n"),
                width=width,
                warning=warning,
            )
        )


_QUOTES = re.compile(r"'[^']*'|\S+@\S+|\+?[0-9]{9,}")
"""What a headline may repeat of a cell."""

_DATES = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}")
_ADDRESS = re.compile(r"@|\+\s*[0-9]{5}|(?:[0-9][ ().\-/]{0,3}){7}")
"""An email address or a phone number (E.164 knows none of fewer than seven digits), however it is spaced."""


def _without_addresses(said: str) -> str:
    """Take out an address that slipped into another column: headlines are logged and pasted, and name none."""
    return _QUOTES.sub(lambda found: "'…'" if _ADDRESS.search(_DATES.sub("", found[0])) else found[0], said)


_NAMES = {",": "comma", ";": "semicolon", "\t": "tab"}
