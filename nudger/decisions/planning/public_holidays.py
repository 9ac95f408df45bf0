"""Public holidays by region, from the `holidays` library. Days on which one is observed instead count, too."""

import re
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType

_ISO_PART = re.compile(r"[A-Z0-9]{1,3}\Z")
"""The library also knows parts that ISO 3166-2 does not, such as `Augsburg` or `Zone A`."""


def holiday_name(region: str, day: date) -> str | None:
    """Return the name of the public holiday on `day` in `region`, in English; None for any other day.

    `region` is an ISO 3166 code: a country or a part of one. Several names are joined by `; `. Raise ValueError for a
    region that is not in `known_regions()`. A year that the library knows nothing about has no holidays.
    """
    return _names(region, day.year).get(day)


def is_holiday(region: str, day: date) -> bool:
    """Say whether `day` is a public holiday in `region`; raise ValueError for a region that is not known."""
    return holiday_name(region, day) is not None


def region_exists(text: str) -> bool:
    """Say whether `text` is a region whose holidays are known."""
    return text in known_regions()


@lru_cache(maxsize=1)
def known_regions() -> frozenset[str]:
    """Return the ISO 3166 codes of every region whose holidays are known: `US`, `US-MA`, `DE-BY`, …."""
    from holidays import list_supported_countries  # noqa: PLC0415 - Cold start: see _names

    countries = list_supported_countries(include_aliases=False)
    parts = {f"{country}-{part}" for country, parts in countries.items() for part in parts if _ISO_PART.match(part)}
    return frozenset(countries) | parts


@lru_cache(maxsize=1024)
def _names(region: str, year: int) -> Mapping[date, str]:
    # Cold start: 60 to 230 ms that only a schedule which minds holidays needs.
    from holidays import country_holidays  # noqa: PLC0415

    if not region_exists(region):
        raise ValueError(f"no public holidays are known for {region!r}; {_remedy(region)}")
    country, _, part = region.partition("-")
    found = country_holidays(country, subdiv=part or None, years=year, expand=False, language=_english(country))
    return MappingProxyType(dict(found))


@lru_cache(maxsize=512)
def _english(country: str) -> str | None:
    """Choose the library's English for a country; None where it knows one language alone."""
    languages = _languages().get(country, [])
    english = [language for language in languages if language.startswith("en")]
    return "en_US" if "en_US" in english else min(english, default=None)


@lru_cache(maxsize=1)
def _languages() -> Mapping[str, list[str]]:
    from holidays import list_localized_countries  # noqa: PLC0415 - Cold start: see _names

    return list_localized_countries(include_aliases=False)


def _remedy(region: str) -> str:
    country = region.upper().partition("-")[0]
    if region.upper() in known_regions():
        return f'write "{region.upper()}", in capitals'
    if country in known_regions():
        return f'write "{country}" for the whole country'
    close = get_close_matches(region.upper(), sorted(known_regions()), n=1)
    hint = f'; perhaps "{close[0]}"?' if close else ""
    return f'write an ISO 3166 code, such as "US", "US-MA" or "DE-BY"{hint}'
