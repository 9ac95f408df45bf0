"""What people let us know, from a CSV file: check-ins on paper, a week at a time."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, TypeVar

from nudger.config.flaws import Flaw, did_you_mean, listed, quote, sentences
from nudger.config.tables.spreadsheets import changed_date
from nudger.config.tables.table import Layout, Row, Table
from nudger.domain.calendar import resolve
from nudger.domain.feedback import FeedbackKind
from nudger.domain.recipients import Recipient
from nudger.domain.vocabulary import Practice, RecipientId
from nudger.errors import Problem
from nudger.use_cases.record_feedback import Entry, Refusal

COLUMNS = ("recipient", "at", "kind", "level", "nudge", "practice")
_ALIASES = {
    **dict.fromkeys(("id", "person", "who", "name"), "recipient"),
    **dict.fromkeys(("when", "date", "time", "moment", "timestamp"), "at"),
    **dict.fromkeys(("mood", "score", "value"), "level"),
    **dict.fromkeys(("type", "what"), "kind"),
}
"""What people call a column, as a hint."""

_LAYOUT = Layout(
    columns=COLUMNS,
    needed=(("recipient",), ("at",), ("kind",)),
    header=",".join(COLUMNS),
    nothing="there is nothing in this file",
    remedy=f"The first line names the columns: {','.join(COLUMNS)}.",
    more=f"Known: {', '.join(COLUMNS)}.",
    aliases=_ALIASES,
)
_A_MOMENT = "YYYY-MM-DD HH:MM where the person is, or with an offset from UTC (2026-11-23T08:30:00Z)."

Word = TypeVar("Word", FeedbackKind, Practice)
Value = TypeVar("Value")


def moment_of(text: str, person: Recipient) -> datetime:
    """Return the moment (UTC) that was written down: where the person is, unless it has an offset. Raises Flaw."""
    try:
        written = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise _no_moment(text) from error
    if len(text.strip()) <= len("2026-11-23"):
        raise Flaw(f"{quote(text)} has no time of day", _A_MOMENT)
    if written.tzinfo is not None:
        return written.astimezone(UTC)
    instant = resolve(written.date(), written.time(), person.zone)
    if instant is None:
        raise Flaw(f"{quote(text)} never was in {person.time_zone}", _A_MOMENT)
    return instant.at


def _no_moment(text: str) -> Flaw:
    """Return what is wrong with a moment; a spreadsheet may have changed it."""
    day, _, _ = text.strip().partition(" ")
    changed = changed_date(day)
    if changed is None:
        return Flaw(f"{quote(text)} is no moment", _A_MOMENT)
    return Flaw(f"{quote(text)} is no moment", sentences(changed.expected, "With the time behind it: " + _A_MOMENT))


class FeedbackFile:
    """The entries of one file, and everything that is wrong with it."""

    def __init__(self, path: Path, people: Mapping[RecipientId, Recipient], file: BinaryIO | None = None) -> None:
        self._people = people
        self._table = Table(path, _LAYOUT, file)
        found = [(row, entry) for row in self._table.rows() if (entry := self._entry(row))]
        self._rows = [row for row, _ in found]
        self.entries = tuple(entry for _, entry in found)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong, in the order of the file. With any of it the entries are not to be used."""
        return self._table.found()

    def refuse(self, position: int, refusal: Refusal) -> None:
        """Note why the entry at a place is not taken."""
        self._table.refuse(self._rows[position], refusal.field, refusal.what, refusal.expected)

    def _entry(self, row: Row) -> Entry | None:
        """Return what a row says, or None when it cannot be read: then every cell at fault is noted."""
        before = len(self._table.problems)
        cells = row.by_name
        name = RecipientId(cells.get("recipient", ""))
        person = self._people.get(name)
        if person is None:
            what = f"nobody here has the id {quote(name)}" if name else "the recipient is missing"
            self._table.refuse(
                row, "recipient", what, did_you_mean(name, self._people) or "See `nudger recipients list`."
            )
        at = self._cell(row, "at", lambda text: _moment(text, person))
        kind = self._cell(row, "kind", lambda text: _word(text, FeedbackKind, "kind"))
        level = self._cell(row, "level", _level)
        practice = self._cell(row, "practice", lambda text: _word(text, Practice, "practice"))
        for column in ("at", "kind"):
            if column not in cells:
                self._table.refuse(row, column, f"{quote(column)} is missing", "Every line needs one.")
        if len(self._table.problems) > before or kind is None:
            return None
        return Entry(recipient=name, kind=kind, at=at, level=level, nudge=cells.get("nudge"), practice=practice)

    def _cell(self, row: Row, column: str, read: Callable[[str], Value]) -> Value | None:
        """Return what a cell says; None where there is nothing in it, or nothing that can be read."""
        text = row.by_name.get(column)
        if text is None:
            return None
        try:
            return read(text)
        except Flaw as flaw:
            self._table.refuse(row, column, flaw.what, flaw.expected)
            return None


def _moment(text: str, person: Recipient | None) -> datetime | None:
    """Return the moment; with nobody to say where, only look whether it is one."""
    if person is not None:
        return moment_of(text, person)
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise _no_moment(text) from error
    return None


def _word(text: str, words: type[Word], noun: str) -> Word:
    try:
        return words(text.lower())
    except ValueError as error:
        hint = sentences(listed(words), did_you_mean(text, words))
        raise Flaw(f"{quote(text)} is no {noun}", hint) from error


def _level(text: str) -> int:
    # The cell is not repeated: how somebody is stays out of every headline.
    if len(text) == 1 and text in "123456789":
        return int(text)
    raise Flaw("this is no level", "One digit from 1 (very hard) to 9 (very light) is expected.")
