"""People from a CSV file: the same fields, checks and words as in recipients.yaml.

What is in the file counts, and only that: a column that is not there leaves the value of a known person alone, an
empty cell takes it away.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from nudger.config.flaws import Flaw, quote
from nudger.config.recipients import person, person_doubts, person_faults
from nudger.config.shapes.recipient import RecipientShape
from nudger.config.tables.alike import PeopleAlike
from nudger.config.tables.columns import ALIASES, COLUMNS, cells_of, changed_by_spreadsheet, column_at, shaped
from nudger.config.tables.seen import Seen
from nudger.config.tables.table import Layout, Row, Table
from nudger.domain.recipients import Recipient
from nudger.domain.vocabulary import RecipientId
from nudger.errors import Problem

Known = Callable[[Sequence[RecipientId]], Mapping[RecipientId, Recipient]]
"""Returns those of some ids who were imported before, as they are."""

_BATCH = 500
_LAYOUT = Layout(
    columns=COLUMNS,
    needed=(("id",),),
    header=f"{','.join(COLUMNS[:5])} and so on",
    nothing="there is nobody in this file",
    remedy="Each line after the first is a person.",
    more="`nudger recipients import --help` lists the columns.",
    aliases=ALIASES,
)


def nobody(ids: Sequence[RecipientId]) -> Mapping[RecipientId, Recipient]:  # noqa: ARG001 - the shape of Known
    """Return nobody: everyone is new."""
    return {}


def read_people(path: Path, known: Known = nobody) -> tuple[list[Recipient], list[Problem]]:
    """Return the people of a CSV file, and everything that is wrong with it; raises nothing.

    With an error among the problems the people are not to be used: some are missing.
    """
    file = PeopleFile(path)
    people = list(file.people(known))
    return people, file.problems


class PeopleFile:
    """One file of people, read once, piece by piece; `-` as its path is standard input.

    `written` are those of recipients.yaml, who cannot be imported; `others` are (id, addresses) of everybody known.
    """

    def __init__(
        self,
        path: Path,
        *,
        file: BinaryIO | None = None,
        written: Collection[RecipientId] = (),
        others: Iterable[tuple[RecipientId, Iterable[str]]] = (),
    ) -> None:
        self._table = Table(path, _LAYOUT, file)
        self._written = written
        self._ids, self._addresses, self._owners = Seen(), Seen(), Seen()
        self._alike = PeopleAlike()
        for name, addresses in others:
            for address in addresses:
                self._owners.first(address.lower(), _owner(name))

    @property
    def problems(self) -> list[Problem]:
        """All that is wrong, in the order of the file."""
        return list(self._table.found(by_column=False))

    @property
    def wrong(self) -> bool:
        """Whether anything is wrong, so that nobody is to be taken."""
        return bool(self._table.refused) or self._table.full

    @property
    def refused(self) -> int | None:
        """How many lines are refused; None where the file was not read to its end."""
        refused = self._table.refused
        return None if self._table.full or any(line <= self._table.first for line in refused) else len(refused)

    def people(self, known: Known) -> Iterator[Recipient]:
        """Yield the people, known ones with what the file says of them. With an error some are missing."""
        rows = self._table.rows()
        while batch := list(islice(rows, _BATCH)):
            here = known([_name(row) for row in batch])
            for row in batch:
                if found := self._person(row, here.get(_name(row))):
                    yield found

    def _person(self, row: Row, known: Recipient | None) -> Recipient | None:
        cells = row.present
        if not (self._may_stand_here(row, _name(row)) & self._as_typed(row, cells)):
            return None
        if known is not None:
            cells = cells_of(known) | cells
        if found := self._alike.find(cells):
            self._look_for_shared(row, cells, known)
            return found
        return self._looked_at(row, cells, known)

    def _looked_at(self, row: Row, cells: Mapping[str, str], known: Recipient | None) -> Recipient | None:
        """Return the person that a row describes, after noting all that is to be said; None if it cannot be."""
        before = len(self._table.problems)
        try:
            shape = RecipientShape.model_validate(shaped(cells))
        except ValidationError as error:
            self._explain_all(row, cells, error)
            return None
        faults = person_faults(shape)
        for fault in faults:
            self._at(row, column_at(fault.loc), fault.what, fault.expected)
        doubts = person_doubts(shape)
        for doubt in doubts:
            self._at(row, column_at(doubt.loc), doubt.what, doubt.expected, warning=True, mild=True)
        found = None if faults else person(shape)
        if found and not doubts and len(self._table.problems) == before:
            self._alike.keep(cells, found)
        self._look_for_shared(row, cells, known)
        return found

    def _may_stand_here(self, row: Row, name: str) -> bool:
        if first := self._ids.first(name, row.line) if name else 0:
            what = f"recipient {quote(name)} is here for the second time (first in line {first})"
            self._at(row, "id", what, "Every id is there once.")
        elif name in self._written:
            what = f"{quote(name)} stands in recipients.yaml, which counts"
            self._at(row, "id", what, "Change it there, and take this line out.")
            return False
        return True

    def _as_typed(self, row: Row, cells: Mapping[str, str]) -> bool:
        """Say whether no spreadsheet left its own words in a row, after noting where."""
        odd = [
            (column, flaw)
            for column, cell in cells.items()
            if cell.startswith(("#", '="')) and (flaw := _changed(column, cell))
        ]
        for column, flaw in odd:
            self._at(row, column, flaw.what, flaw.expected)
        return not odd

    def _explain_all(self, row: Row, cells: Mapping[str, str], error: ValidationError) -> None:
        found = error.errors(include_url=False, include_input=False)
        flawed = {column_at(details["loc"]) for details in found if details["type"] == "value_error"}
        for details in found:
            column, flaw = column_at(details["loc"]), details.get("ctx", {}).get("error")
            if isinstance(flaw, Flaw):
                flaw = _changed(column, cells.get(column, "")) or flaw
                self._at(row, column, flaw.what, flaw.expected.replace(", in quotes", ""))  # a cell needs none
            elif details["type"] == "missing":
                self._miss(row, column)
            elif column not in flawed:  # a list of which all were refused is not empty
                self._at(row, column, "there is nothing in this list", "Write one at least, or nothing at all.")

    def _miss(self, row: Row, column: str) -> None:
        """Note that someone lacks what everybody needs: once, where it is a column that is missing."""
        name = _name(row)
        if column in self._table.header:
            self._at(row, column, f"{quote(column)} is missing", "Every person needs one.")
        elif self._table.first not in self._table.refused:
            what = f"there is no column {column}, and {quote(name)} in line {row.line} is new"
            self._table.refuse_header(what, "Who is new needs one.")
        else:
            self._table.refused.add(row.line)

    def _look_for_shared(self, row: Row, cells: Mapping[str, str], known: Recipient | None) -> None:
        for column, noun in (("sms", "number"), ("email", "address")):
            address = cells.get(column, "").lower()
            if not address:
                continue
            owner = self._owners.get(address)
            changed = known is None or (getattr(known, column) or "").lower() != address
            if first := self._addresses.first(address, row.line):
                what = f"another person has the same {noun} (line {first})"
            elif changed and owner and owner != _owner(_name(row)):
                what = f"another person here already has the same {noun}"
            else:
                continue
            self._at(row, column, what, "Both get every nudge there.", warning=True)

    def _at(
        self, row: Row, column: str, what: str, expected: str, *, warning: bool = False, mild: bool = False
    ) -> None:
        self._table.refuse(row, column, what, expected, owner=_name(row), warning=warning, mild=mild)


def _name(row: Row) -> RecipientId:
    """Return the id in a row; '' where there is none, or where the line ends before it."""
    return RecipientId(row.present.get("id", ""))


def _changed(column: str, cell: str) -> Flaw | None:
    return changed_by_spreadsheet(column, cell) if column in COLUMNS else None


def _owner(name: str) -> int:
    """Return a number for an id, to tell a person from another."""
    return hash(name) & 0xFFFFFFFF or 1
