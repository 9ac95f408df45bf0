"""Time zones: which copy of the rules is used, and which names there are."""

import zoneinfo
from collections.abc import Iterator
from datetime import timedelta
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

import tzdata  # type: ignore[import-untyped]  # it is data, and two strings

from nudger.config.flaws import Flaw, quote, tried
from nudger.config.values import aliases
from nudger.config.values.zone_tables import PACKAGE, yearly_offsets, zones_of_countries
from nudger.prose.english import plural

_LONGEST = 60
_MISSPELT = 0.82
_NOT_A_PLACE = frozenset({"Factory", "localtime"})


def prefer_newest_time_zones(*, renew: bool = False) -> tuple[str, str]:
    """Make zoneinfo read the newer of the system's rules and those of the tzdata package.

    `renew` reads them again, for rules that were updated under a running service.

    Returns (version, source), for `status`. A system is often a year behind, and rules change with weeks of
    warning. Zones that were already made keep their old rules, so the cache of them is emptied.
    """
    package = PACKAGE / "zoneinfo"
    others = [folder for folder in zoneinfo.TZPATH if Path(folder) != package]
    system = next((folder for folder in others if _version(Path(folder))), None)
    if renew:
        zoneinfo.ZoneInfo.clear_cache()
    if system is not None and _version(Path(system)) >= tzdata.IANA_VERSION:
        return _version(Path(system)), system
    if zoneinfo.TZPATH[:1] != (str(package),):
        zoneinfo.reset_tzpath([str(package), *others])
        zoneinfo.ZoneInfo.clear_cache()
    return str(tzdata.IANA_VERSION), "the tzdata package"


def _version(folder: Path) -> str:
    """Return `2025b` from the first line of tzdata.zi, `# version 2025b`; '' where it does not say."""
    try:
        with (folder / "tzdata.zi").open(encoding="ascii") as file:
            first = file.readline(80).split()
    except (OSError, ValueError):
        return ""
    return first[2] if first[:2] == ["#", "version"] and len(first) > 2 else ""  # noqa: PLR2004


@lru_cache(maxsize=1)
def known_time_zones() -> frozenset[str]:
    """Return the names in the tzdata package: the same on every machine, and none of them a path out of it."""
    names = (PACKAGE / "zones").read_text(encoding="utf-8").split()
    return frozenset(names) - _NOT_A_PLACE


def time_zone(text: str) -> str:
    """Return the name of a time zone; raise Flaw for a name that the tzdata package does not have."""
    if text in known_time_zones():
        return text
    raise Flaw(f"{quote(text)} is no time zone", lambda: _remedy(text))


def _remedy(text: str) -> str:
    near = tried(time_zone, _proposals(text))
    return f"Did you mean '{near}'?" if near else "Write a name such as Europe/Berlin or America/New_York."


def _proposals(text: str) -> Iterator[str]:
    """Yield what may be meant: the same place in other words, or the same name misspelt; never another place."""
    if len(text) > _LONGEST:
        return
    name = text.strip().replace(" ", "_").lower()
    yield from (place for place in _places() if place.lower() == name)
    city = name.rpartition("/")[2]
    yield from (place for place in _places() if city and place.lower().rpartition("/")[2] == city)
    if meant := aliases.time_zone(text):
        yield meant
    cities = {place.lower().rpartition("/")[2]: place for place in _places()}
    for near in get_close_matches(city, cities, n=1, cutoff=_MISSPELT):
        if near[0] == city[0]:  # Munich is no misspelt Zurich
            yield cities[near]


def _places() -> list[str]:
    """Return what may be proposed: the names of places, never an old name for a part of a country, nor an offset."""
    return sorted(name for zones in zones_of_countries().values() for name in zones)


def doubt(name: str, place: str | None) -> Flaw | None:
    """Return what is odd about a zone that is an offset and no place; None for any other, and for a UTC that fits.

    `place` is the person's, in ISO 3166, or None. Such a zone has no summer time: half the year it is an hour from
    what people there call the time.
    """
    if "/" in name and not name.startswith("Etc/"):
        return None
    january, july = yearly_offsets(name)
    if january != july:
        return None  # CET, EST5EDT: old names, and right
    zones = zones_of_countries().get((place or "").partition("-")[0], ())
    there = [zone for zone in zones if yearly_offsets(zone)[0] == january]
    if place in _ALL_YEAR_ROUND.get(name, ()) or _all_year(there, place):
        return None
    if name.rpartition("/")[2] in _UTC and not place:
        return None  # all the year round the same, as whoever writes it knows
    usual = _OF_OFFSETS.get(name, _OF_OFFSETS.get(_hours(january), ())) if there or not zones else ()
    instead = there[:1] if there and name not in _ALL_YEAR_ROUND else usual or (zones if len(zones) == 1 else ())
    example = zones[0] if zones else "Europe/Berlin"
    return Flaw(
        f"{quote(name)} is {_in_words(january)} all year, without summer time",
        f"Write {' or '.join(instead)}." if instead else f"Write the name of the place, as in {example}.",
    )


def _all_year(there: list[str], place: str | None) -> bool:
    """Say whether the zones of a person's country with this offset in winter keep it; the USA are asked by state."""
    return bool(place) and not str(place).startswith("US") and any(len(set(yearly_offsets(z))) == 1 for z in there)


_UTC = frozenset({"UTC", "UCT", "Universal", "Zulu"})
_ALL_YEAR_ROUND = {"MST": ("US-AZ",), "HST": ("US-HI",)}
_OF_OFFSETS: dict[str, tuple[str, ...]] = {
    "HST": ("Pacific/Honolulu",),
    "MST": ("America/Denver", "America/Phoenix (where there is none)"),
    "-10": ("Pacific/Honolulu",),
    "-9": ("America/Anchorage",),
    "-8": ("America/Los_Angeles",),
    "-7": ("America/Denver",),
    "-6": ("America/Chicago",),
    "-5": ("America/New_York",),
    "-4": ("America/Halifax",),
    "-3": ("America/Sao_Paulo",),
    "+0": ("Europe/London", "Atlantic/Reykjavik (where there is none)"),
    "+1": ("Europe/Berlin",),
    "+2": ("Europe/Athens",),
    "+3": ("Europe/Istanbul",),
    "+8": ("Asia/Shanghai",),
    "+9": ("Asia/Tokyo",),
    "+10": ("Australia/Sydney",),
    "+12": ("Pacific/Auckland",),
}
"""The largest place of an offset, or of a name for one."""


def _hours(offset: timedelta) -> str:
    return f"{offset // timedelta(hours=1):+d}"


def _in_words(offset: timedelta) -> str:
    hours = abs(offset) // timedelta(hours=1)
    if not hours:
        return "the time of Greenwich"
    side = "ahead of" if offset > timedelta(0) else "behind"
    return f"{plural(hours, 'hour')} {side} Greenwich"
