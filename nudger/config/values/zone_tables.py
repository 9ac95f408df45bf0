"""What the tzdata package knows beside its rules: countries by name, the zones of each, and how zones differ."""

import zoneinfo
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import tzdata  # type: ignore[import-untyped]  # it is data, and two strings

PACKAGE = Path(tzdata.__file__).parent  # importlib.resources says the same, 15 ms later
_SEASONS = (datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC))
"""Instants in a winter and in a summer: two zones that agree on both keep the same time all year."""


@lru_cache(maxsize=1)
def country_names() -> dict[str, str]:
    """Return the English names of the countries by their ISO 3166 codes."""
    return {fields[0]: fields[1] for fields in _rows("iso3166.tab")}


@lru_cache(maxsize=1)
def zones_of_countries() -> dict[str, tuple[str, ...]]:
    """Return the zones of each country, by its ISO 3166 code, in the package's order."""
    found: dict[str, list[str]] = {}
    for code, _, name, *_ in _rows("zone.tab"):
        found.setdefault(code, []).append(name)
    return {code: tuple(names) for code, names in found.items()}


def only_zone_of(country: str) -> str | None:
    """Return the first zone of a country in which all keep the same time all year; None for any other country."""
    zones = zones_of_countries().get(country, ())
    return zones[0] if len({yearly_offsets(zone) for zone in zones}) == 1 else None


@lru_cache(maxsize=1024)
def yearly_offsets(zone: str) -> tuple[timedelta, ...]:
    """Return how far ahead of Greenwich a zone is in January and in July; raise KeyError for a name without rules."""
    rules = zoneinfo.ZoneInfo(zone)
    return tuple(moment.astimezone(rules).utcoffset() or timedelta(0) for moment in _SEASONS)


def _rows(name: str) -> list[list[str]]:
    text = (PACKAGE / "zoneinfo" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
