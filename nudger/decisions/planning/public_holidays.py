"""Public holidays by place, from the `holidays` library. Days on which one is observed instead count, too."""

import re
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType

_ISO_PART = re.compile(r"[A-Z0-9]{1,3}\Z")
"""The library also knows parts that ISO 3166-2 does not, such as `Augsburg` or `Zone A`."""


def holiday_name(place: str, day: date) -> str | None:
    """Return the name of the public holiday on `day` in `place`, in English; None for any other day.

    `place` is an ISO 3166 code: a country or a part of one. Several names are joined by `; `. Raise ValueError for a
    place that is not in `known_places()`. A year that the library knows nothing about has no holidays.
    """
    return _names(place, day.year).get(day)


def is_holiday(place: str, day: date) -> bool:
    """Say whether `day` is a public holiday in `place`; raise ValueError for a place that is not known."""
    return holiday_name(place, day) is not None


def place_exists(text: str) -> bool:
    """Say whether `text` is a place whose holidays are known."""
    return text in known_places()


@lru_cache(maxsize=1)
def known_places() -> frozenset[str]:
    """Return the ISO 3166 codes of every place whose holidays are known: `US`, `US-MA`, `DE-BY`, …."""
    from holidays import list_supported_countries  # noqa: PLC0415 - Cold start: see _names

    countries = list_supported_countries(include_aliases=False)
    parts = {f"{country}-{part}" for country, parts in countries.items() for part in parts if _ISO_PART.match(part)}
    return frozenset(countries) | parts


@lru_cache(maxsize=1024)
def _names(place: str, year: int) -> Mapping[date, str]:
    # Cold start: 60 to 230 ms that only a schedule which minds holidays needs.
    from holidays import country_holidays  # noqa: PLC0415

    if not place_exists(place):
        raise ValueError(f"no public holidays are known for {place!r}; {_remedy(place)}")
    country, _, part = place.partition("-")
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


def _remedy(place: str) -> str:
    country = place.upper().partition("-")[0]
    if place.upper() in known_places():
        return f'write "{place.upper()}", in capitals'
    if country in known_places():
        return f'write "{country}" for the whole country'
    close = get_close_matches(place.upper(), sorted(known_places()), n=1)
    hint = f'; perhaps "{close[0]}"?' if close else ""
    return f'write an ISO 3166 code, such as "US", "US-MA" or "DE-BY"{hint}'
