"""A CSV file as a table: rows with their places, and everything that is wrong with the file, all at once."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from nudger.errors import Problem
from nudger.files.flaws import Flaw, did_you_mean, listed, quote, sentences
from nudger.files.raw_text import decode, oddities, read_bytes, split_lines

_MAX_BYTES = 64_000_000
_MAX_PROBLEMS = 100
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a table looks like: its columns, those it needs (one at least of each group), and words for an empty one."""

    columns: tuple[str, ...]
    needed: tuple[tuple[str, ...], ...]
    header: str
    nothing: str
    remedy: str


class Row(NamedTuple):
    """The cells of one line and where they stand: lines count from 1."""

    line: int
    source: str
    cells: list[str]
    header: list[str]

    @property
    def by_name(self) -> dict[str, str]:
        """The cells that are not empty, by column."""
        return {name: cell.strip() for name, cell in zip(self.header, self.cells, strict=False) if cell.strip()}


class Table:
    """One CSV file with a header of known columns; keeps what is wrong with it in `problems`."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self._path = path
        self._layout = layout
        self.problems: list[Problem] = []

    def rows(self) -> Iterator[Row]:
        """Yield the rows that are whole; with problems some may be missing, and after a hundred the rest is."""
        found = False
        try:
            text = decode(read_bytes(self._path, _MAX_BYTES))
            for row in () if self._invisible(text) else self._read(text):
                found = True
                yield row
        except Flaw as flaw:
            self._note(0, "", 0, flaw.what, flaw.expected)
        if not found and not self.problems:
            self._note(0, "", 0, self._layout.nothing, self._layout.remedy)

    def refuse(
        self, row: Row, column: str, what: str, expected: str = "", *, owner: str = "", warning: bool = False
    ) -> None:
        """Note what is wrong with a cell, and whose it is."""
        index = row.header.index(column) if column in row.header else 0
        cell = row.cells[index] if index < len(row.cells) else ""
        place = _place(row.source, index)
        path = tuple(part for part in (owner, column) if part)
        self._note(row.line, row.source, place, what, expected, width=len(cell) or 1, path=path, warning=warning)

    def found(self, *, by_column: bool = True) -> tuple[Problem, ...]:
        """Return all that is wrong, line by line; after a hundred, only that there are more.

        What is wrong in one line comes by its column, or else as it was noted.
        """
        ordered = sorted(self.problems, key=lambda problem: (problem.line, by_column and problem.column))
        if not self._full:
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
    def _full(self) -> bool:
        return len(self.problems) >= _MAX_PROBLEMS

    def _invisible(self, text: str) -> bool:
        lines = split_lines(text)
        for odd in oddities(lines):
            self._note(odd.line, lines[odd.line - 1], odd.column, odd.flaw.what, odd.flaw.expected)
        return bool(self.problems)

    def _read(self, text: str) -> Iterator[Row]:
        lines = _Lines(text)
        delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            header = self._header(next(rows, []), lines.taken[0] if lines.taken else "")
            for cells in lines.records(rows) if header else ():
                if self._full:
                    return
                row = Row(lines.start, lines.taken[0], cells, header)
                if any(cell.strip() for cell in cells) and self._right_length(row):
                    yield row
        except csv.Error as error:
            self._note(lines.start, "", 1, f"the line cannot be read: {error}", "Is a quote left open?")

    def _header(self, cells: list[str], source: str) -> list[str]:
        """Return the columns; none where they are wrong, because then nothing below can be understood."""
        header = [cell.strip().lower() for cell in cells]
        if not any(header):
            raise Flaw("the file is empty", f"Its first line names the columns: {self._layout.header}.")
        for index, name in enumerate(header):
            if self._full:
                break
            self._look_at_column(header, index, name, source)
        for names in self._layout.needed:
            if set(names).isdisjoint(header):
                what = f"there is no column {' or '.join(names)}"
                self._note(1, source, 1, what, "The first line names the columns.")
        return [] if self.problems else header

    def _look_at_column(self, header: list[str], index: int, name: str, source: str) -> None:
        known, place = self._layout.columns, _place(source, index)
        if name not in known:
            hint = sentences(listed(known), did_you_mean(name, known))
            self._note(1, source, place, f"{quote(name)} is no column", hint, width=len(name))
        elif name in header[:index]:
            self._note(1, source, place, f"the column {quote(name)} is there twice", "", width=len(name))

    def _right_length(self, row: Row) -> bool:
        if len(row.cells) <= len(row.header):
            return True
        what = f"the line has {len(row.cells)} cells for {len(row.header)} columns"
        place = _place(row.source, len(row.header))
        self._note(row.line, row.source, place, what, "Put quotes around a cell with a comma in it.")
        return False

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
    ) -> None:
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


class _Lines:
    """The lines of a text, remembering those that the present record was read from."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self._count = 0
        self.start = 1
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self._count += 1
            self.taken.append(line)
            yield line

    def records(self, rows: Iterator[list[str]]) -> Iterator[list[str]]:
        while True:
            self.taken.clear()
            self.start = self._count + 1
            cells = next(rows, None)
            if cells is None:
                return
            yield cells


def _place(source: str, index: int) -> int:
    """Return where a cell begins; a delimiter inside quotes does not count."""
    quoted = False
    for place, letter in enumerate(source):
        if index == 0:
            return place + 1
        if letter == '"':
            quoted = not quoted
        elif letter in _DELIMITERS and not quoted:
            index -= 1
    return max(1, len(source.rstrip("\r\n")))
