"""People from a CSV file: the same fields, checks and words as in recipients.yaml."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from nudger.domain.recipients import Recipient
from nudger.errors import Problem
from nudger.files.flaws import Flaw, did_you_mean, listed, quote, sentences
from nudger.files.people_columns import COLUMNS, column_at, shaped
from nudger.files.raw_text import decode, oddities, read_bytes, split_lines
from nudger.files.recipient_shapes import RecipientShape
from nudger.files.recipients_file import person, person_doubts, person_faults

MAX_BYTES = 64_000_000
_MAX_PROBLEMS = 100
_DELIMITERS = ",;\t"


class _Row(NamedTuple):
    """One person's cells by column, and where they stand: lines count from 1."""

    line: int
    source: str
    cells: list[str]
    header: list[str]

    @property
    def by_name(self) -> dict[str, str]:
        return {name: cell.strip() for name, cell in zip(self.header, self.cells, strict=False) if cell.strip()}


def read_people(path: Path) -> tuple[list[Recipient], list[Problem]]:
    """Return the people of a CSV file, and everything that is wrong with it; raises nothing.

    With an error among the problems the people are not to be used: some are missing.
    """
    return _Reader(str(path)).read(path)


class _Reader:
    """Reads one file, and keeps what is wrong with it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.seen: dict[str, int] = {}
        self.addresses: dict[str, int] = {}

    def read(self, path: Path) -> tuple[list[Recipient], list[Problem]]:
        people: list[Recipient] = []
        try:
            text = decode(read_bytes(path, MAX_BYTES))
            self._refuse_invisible(text)
            people.extend(found for row in self._rows(text) if (found := self._person(row)))
            if not people and not self.problems:
                self._note(0, "", 0, "there is nobody in this file", "Each line after the first is a person.")
        except Flaw as flaw:
            self._note(0, "", 0, flaw.what, flaw.expected)
        except _Enough:
            pass
        return people, self.problems

    def _refuse_invisible(self, text: str) -> None:
        lines = split_lines(text)
        for odd in oddities(lines):
            self._note(odd.line, lines[odd.line - 1], odd.column, odd.flaw.what, odd.flaw.expected)
        if self.problems:
            raise _Enough

    def _rows(self, text: str) -> Iterator[_Row]:
        lines = _Lines(text)
        first_line = text.partition("\n")[0]
        delimiter = max(_DELIMITERS, key=first_line.count)
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            header = self._header(next(rows, []), lines.taken[0] if lines.taken else "")
            for cells in lines.records(rows):
                row = _Row(lines.start, lines.taken[0], cells, header)
                if any(cell.strip() for cell in cells) and self._right_length(row):
                    yield row
        except csv.Error as error:
            self._note(lines.start, "", 1, f"the line cannot be read: {error}", "Is a quote left open?")

    def _header(self, cells: list[str], source: str) -> list[str]:
        header = [cell.strip().lower() for cell in cells]
        if not any(header):
            raise Flaw("the file is empty", f"Its first line names the columns: {','.join(COLUMNS[:5])} and so on.")
        for index, name in enumerate(header):
            column = _column(source, index)
            if name not in COLUMNS:
                hint = sentences(listed(COLUMNS), did_you_mean(name, COLUMNS))
                self._note(1, source, column, f"{quote(name)} is no column", hint, width=len(name))
            elif name in header[:index]:
                self._note(1, source, column, f"the column {quote(name)} is there twice", "", width=len(name))
        missing = [name for name in ("id", "time_zone") if name not in header]
        missing += ["sms or email"] if {"sms", "email"}.isdisjoint(header) else []
        for name in missing:
            self._note(1, source, 1, f"there is no column {name}", "The first line names the columns.")
        if self.problems:
            raise _Enough
        return header

    def _right_length(self, row: _Row) -> bool:
        if len(row.cells) <= len(row.header):
            return True
        what = f"the line has {len(row.cells)} cells for {len(row.header)} columns"
        column = _column(row.source, len(row.header))
        self._note(row.line, row.source, column, what, "Put quotes around a cell with a comma in it.")
        return False

    def _person(self, row: _Row) -> Recipient | None:
        cells = row.by_name
        self._once(row, cells)
        try:
            shape = RecipientShape.model_validate(shaped(cells))
        except ValidationError as error:
            self._explain_all(row, error)
            return None
        faults = person_faults(shape)
        for fault in faults:
            self._at(row, column_at(fault.loc), fault.what, fault.expected)
        for doubt in person_doubts(shape):
            self._at(row, column_at(doubt.loc), doubt.what, doubt.expected, warning=True)
        return None if faults else person(shape)

    def _explain_all(self, row: _Row, error: ValidationError) -> None:
        found = error.errors(include_url=False, include_input=False)
        flawed = {column_at(details["loc"]) for details in found if details["type"] == "value_error"}
        for details in found:
            column, flaw = column_at(details["loc"]), details.get("ctx", {}).get("error")
            if isinstance(flaw, Flaw):
                self._at(row, column, flaw.what, flaw.expected)
            elif details["type"] == "missing":
                self._at(row, column, f"{quote(column)} is missing", "Every person needs one.")
            elif column not in flawed:  # a list of which all were refused is not empty
                self._at(row, column, "there is nothing in this list", "Write one at least, or nothing at all.")

    def _once(self, row: _Row, cells: dict[str, str]) -> None:
        name = cells.get("id", "")
        if name in self.seen:
            what = f"recipient {quote(name)} is here for the second time (first in line {self.seen[name]})"
            self._at(row, "id", what, "Every id is there once.")
        elif name:
            self.seen[name] = row.line
        for key in ("sms", "email"):
            address = cells.get(key, "").lower()
            if address in self.addresses:
                noun = "number" if key == "sms" else "address"
                what = f"another person has the same {noun} (line {self.addresses[address]})"
                self._at(row, key, what, "Both get every nudge there.", warning=True)
            elif address:
                self.addresses[address] = row.line

    def _at(self, row: _Row, key: str, what: str, expected: str, *, warning: bool = False) -> None:
        index = row.header.index(key) if key in row.header else 0
        cell = row.cells[index] if index < len(row.cells) else ""
        column = _column(row.source, index)
        path = tuple(part for part in (row.by_name.get("id", ""), key) if part)
        self._note(row.line, row.source, column, what, expected, width=len(cell) or 1, path=path, warning=warning)

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
                file=self.file,
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
        if len(self.problems) == _MAX_PROBLEMS:
            self._note(0, "", 0, f"there are more than {_MAX_PROBLEMS} problems", "Mend these first.")
            raise _Enough


class _Enough(Exception):  # noqa: N818 - what is wrong is in the list by then
    """The rest of the file is not worth reading."""


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


def _column(source: str, index: int) -> int:
    """Return where the cell begins; a delimiter inside quotes does not count."""
    quoted = False
    for place, letter in enumerate(source):
        if index == 0:
            return place + 1
        if letter == '"':
            quoted = not quoted
        elif letter in _DELIMITERS and not quoted:
            index -= 1
    return max(1, len(source.rstrip("\r\n")))
