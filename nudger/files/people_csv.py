"""People from a CSV file: the same fields, checks and words as in recipients.yaml."""

from pathlib import Path

from pydantic import ValidationError

from nudger.domain.recipients import Recipient
from nudger.errors import Problem
from nudger.files.csv_table import Layout, Row, Table
from nudger.files.flaws import Flaw, quote
from nudger.files.people_columns import COLUMNS, column_at, shaped
from nudger.files.recipient_shapes import RecipientShape
from nudger.files.recipients_file import person, person_doubts, person_faults

_LAYOUT = Layout(
    columns=COLUMNS,
    needed=(("id",), ("time_zone",), ("sms", "email")),
    header=f"{','.join(COLUMNS[:5])} and so on",
    nothing="there is nobody in this file",
    remedy="Each line after the first is a person.",
)


def read_people(path: Path) -> tuple[list[Recipient], list[Problem]]:
    """Return the people of a CSV file, and everything that is wrong with it; raises nothing.

    With an error among the problems the people are not to be used: some are missing.
    """
    return _Reader(path).read()


class _Reader:
    """Reads one file, and remembers who was there already."""

    def __init__(self, path: Path) -> None:
        self._table = Table(path, _LAYOUT)
        self.seen: dict[str, int] = {}
        self.addresses: dict[str, int] = {}

    def read(self) -> tuple[list[Recipient], list[Problem]]:
        people = [found for row in self._table.rows() if (found := self._person(row))]
        return people, list(self._table.found(by_column=False))

    def _person(self, row: Row) -> Recipient | None:
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

    def _explain_all(self, row: Row, error: ValidationError) -> None:
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

    def _once(self, row: Row, cells: dict[str, str]) -> None:
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

    def _at(self, row: Row, column: str, what: str, expected: str, *, warning: bool = False) -> None:
        self._table.refuse(row, column, what, expected, owner=row.by_name.get("id", ""), warning=warning)
