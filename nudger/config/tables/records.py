"""The lines of a CSV file and the records in them: where a cell begins, and which quote is never closed."""

import re
from collections.abc import Iterator

_QUOTED = re.compile(r'"(?:[^"]|"")*"')


class Lines:
    """The lines of a text, remembering those that the present record was read from."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._count = 0
        self.start = 1
        self.taken: list[str] = []

    def first(self) -> str:
        """Take one line that is no record; '' at the end."""
        self._count += 1
        self.start = self._count
        return next(self._lines, "")

    def again(self, first: str) -> Iterator[str]:
        """Yield the line that was taken last, and then the rest."""
        if first:
            self.taken.append(first)
            yield first
        for line in self._lines:
            self._count += 1
            self.taken.append(line)
            yield line

    def records(self, rows: Iterator[list[str]]) -> Iterator[list[str]]:
        """Yield the records, each with `taken` and `start` as they are for it."""
        while True:
            self.taken.clear()
            self.start = self._count + 1
            cells = next(rows, None)
            if cells is None:
                return
            yield cells


def outside_quotes(line: str) -> str:
    """Return what of a line stands in no quotes."""
    return "".join(line.split('"')[::2])


def place_of(source: str, index: int, delimiter: str) -> int:
    """Return where a cell begins; a delimiter inside quotes does not count."""
    quoted = False
    for position, letter in enumerate(source):
        if index == 0:
            return position + 1
        if letter == '"':
            quoted = not quoted
        elif letter == delimiter and not quoted:
            index -= 1
    return max(1, len(source.rstrip("\r\n")))


def open_quote(record: str, delimiter: str) -> tuple[int, str]:
    """Return where the quote opens that makes a record unreadable, and what is wrong with it."""
    position = 0
    while position < len(record):
        cell = _QUOTED.match(record, position) if record[position] == '"' else None
        if record[position] == '"' and cell is None:
            return position, "the quote that opens here is never closed"
        end = cell.end() if cell else min(_ends(record, position, delimiter), default=len(record))
        if cell and record[end : end + 1] not in (delimiter, "\r", "\n", ""):
            return position, "the text that opens here goes on after a quote"
        position = end + 1
    return 0, "the line cannot be read"


def _ends(record: str, position: int, delimiter: str) -> list[int]:
    return [end for mark in (delimiter, "\r", "\n") if (end := record.find(mark, position)) >= 0]
