"""What spreadsheets do to cells on their own, and how to undo it: a kind of mistake that no schema knows."""

import re
from datetime import date, timedelta

from nudger.config.flaws import Flaw
from nudger.config.values.aliases import stands_for_nothing

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""What a spreadsheet takes a cell for a formula by, and such a cell when it is guarded already."""

_GUARD = re.compile(r"'(?='*[=+\-@])")
_AS_TEXT = "Format the column as text, and enter it again"
_DIGITS = re.compile(r"[0-9]{6,16}\Z")
_POWER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]{1,3}\Z")
_FRACTION = re.compile(r"([0-9]{6,16})[.,]0+\Z")
_SERIAL = re.compile(r"([0-9]{5})([.,][0-9]+)?\Z")
_PART_OF_DAY = re.compile(r"0?[.,][0-9]+\Z")
_SLASHED = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})\Z")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?(?: ?([AaPp])\.?[Mm]\.?)?\Z")
_BLANK = re.compile(r"[()./ -]+")
_ERROR = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|FIELD!)\Z", re.IGNORECASE)
_TOO_NARROW = re.compile(r"#{3,}\Z")
_WHOLE = re.compile(r"([0-9]{1,6})[.,]0+\Z")
_EPOCH = date(1899, 12, 30)
_NOON = 12


def unguarded(cell: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return cell[1:] if cell[:1] == "'" and _GUARD.match(cell) else cell


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula, nor for a number that needs no plus."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def changed_anywhere(text: str) -> Flaw | None:
    """Return what a spreadsheet wrote in place of a value that it could not work out, or None."""
    if _TOO_NARROW.match(text):
        return Flaw("the spreadsheet wrote #### where its column was too narrow", "Widen it, and save the table again.")
    if text.startswith('="'):
        return Flaw("this is a formula, not what it shows", "Write what is between its quotes, without the =.")
    if _ERROR.match(text) or (text[:1] == "#" and stands_for_nothing(text)):
        return Flaw("this is a spreadsheet's word for an error", "Write what is meant, or leave the cell empty.")
    return None


def changed_number(text: str) -> Flaw | None:
    """Return what a spreadsheet did to a phone number, or None. The number is not repeated."""
    if _POWER.match(text):
        what = "the spreadsheet made a number of this phone number, and its last digits are lost"
        return Flaw(what, f"{_AS_TEXT}, with + and the country code.")
    digits = _FRACTION.sub(r"\1", _BLANK.sub("", text) if not _FRACTION.match(text) else text)
    if _DIGITS.match(digits) and not digits.startswith("0"):
        what = "this phone number has no plus: the spreadsheet dropped it, or the zero that it began with"
        return Flaw(what, f"{_AS_TEXT}, with + and the country code.")
    return None


def changed_whole(text: str) -> Flaw | None:
    """Return what a spreadsheet did to a whole number, or to an id that looks like one, or None."""
    whole = _WHOLE.match(text)
    return Flaw(f"the spreadsheet made a number of it, '{text}'", f"Write {whole[1]}.") if whole else None


def changed_date(text: str) -> Flaw | None:
    """Return what a spreadsheet did to a date, or None."""
    if serial := _SERIAL.match(text):
        day = _EPOCH + timedelta(days=int(serial[1]))
        return Flaw(f"'{text}' is how a spreadsheet counts days", f"{_AS_TEXT}: {day}, if that is the day.")
    match = _SLASHED.match(text)
    if match is None:
        return None
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    days = {_a_day(year, second, first), _a_day(year, first, second)} - {None}
    if not days:
        return None
    meant = " or ".join(sorted(map(str, days)))
    return Flaw(f"'{text}' may be read in two ways" if len(days) > 1 else f"'{text}' is no date", f"Write {meant}.")


def _a_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def changed_time(text: str) -> Flaw | None:
    """Return what a spreadsheet did to a time of day, or None."""
    if _PART_OF_DAY.match(text):
        minutes = round(float(text.replace(",", ".")) * 1440) % 1440
        meant = f"{minutes // 60:02}:{minutes % 60:02}"
        return Flaw(f"'{text}' is how a spreadsheet counts hours", f"{_AS_TEXT}: {meant}, if that is the time.")
    match = _CLOCK.match(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:  # noqa: PLR2004 - hours and minutes
        return None
    hour, half = int(match[1]), (match[3] or "").lower()
    hour = hour % _NOON + (_NOON if half == "p" else 0) if half and 1 <= hour <= _NOON else hour
    meant = f"{hour:02}:{match[2]}"
    return None if meant == text else Flaw(f"'{text}' is no time of day", f"Write {meant}.")
