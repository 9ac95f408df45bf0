"""Phone numbers that are plainly right, known at a tenth of what it costs to look at one from all sides.

Whatever is not plainly right here goes the long way, through `phonenumbers`: these are the same tables.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

_LONGEST_CODE = 3
_NO_COUNTRY = "001"
_KINDS = (
    "premium_rate",
    "toll_free",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
    "fixed_line",
    "mobile",
)


class _Region(NamedTuple):
    """One of the regions behind a country code: with which digits its numbers begin, where that tells it from others.

    `numbers` holds for each length what a number is that is handed out there.
    """

    leading: re.Pattern[str] | None
    numbers: dict[int, re.Pattern[str]]


class _Country(NamedTuple):
    """A country code: what before a number may be no part of it, and the regions; the first that claims one has it."""

    before: re.Pattern[str] | None
    regions: tuple[_Region, ...]

    def hands_out(self, number: str) -> bool:
        """Say whether a number without its country code is one that somebody can have."""
        for region in self.regions:
            known = region.numbers.get(len(number))
            found = known is not None and known.fullmatch(number) is not None
            if found if region.leading is None else region.leading.match(number):
                return found
        return False


def plainly_right(text: str) -> bool:
    """Say whether a text in E.164 (+ and digits) is a number that its country hands out, without a doubt."""
    for length in range(2, _LONGEST_CODE + 2):
        if country := _country(text[1:length]):
            number = text[length:]
            begins_oddly = number[:1] == "0" or (country.before is not None and country.before.match(number))
            return not begins_oddly and country.hands_out(number)
    return False


@lru_cache(maxsize=1200)
def _country(code: str) -> _Country | None:
    """Return what is known of a country code; None for what is none, or belongs to no country."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata  # noqa: PLC0415 - Cold start: see addresses

    names = COUNTRY_CODE_TO_REGION_CODE.get(int(code), ())
    if not names or _NO_COUNTRY in names or code[0] == "0":
        return None
    found = [PhoneMetadata.metadata_for_region_or_calling_code(int(code), name) for name in names]
    tables = [table for table in found if table is not None]
    before = tables[0].national_prefix_for_parsing
    only = len(tables) == 1
    return _Country(re.compile(before) if before else None, tuple(_region(table, only=only) for table in tables))


def _region(table: Any, *, only: bool) -> _Region:
    kinds = [kind for name in _KINDS if (kind := getattr(table, name)) and kind.national_number_pattern]
    lengths = range(2, 18)
    numbers = {
        length: found
        for length in lengths
        if _takes(table.general_desc, length)
        and (found := _any(table.general_desc, (kind for kind in kinds if _takes(kind, length))))
    }
    leading = None if only or not table.leading_digits else re.compile(table.leading_digits)
    return _Region(leading, numbers)


def _takes(kind: Any, length: int) -> bool:
    return not kind.possible_length or length in kind.possible_length


def _any(general: Any, kinds: Iterable[Any]) -> re.Pattern[str] | None:
    """Return a pattern of what is a number in general and of one of these kinds."""
    patterns = "|".join(f"(?:{kind.national_number_pattern})" for kind in kinds)
    return re.compile(f"(?=(?:{general.national_number_pattern})\\Z)(?:{patterns})") if patterns else None
