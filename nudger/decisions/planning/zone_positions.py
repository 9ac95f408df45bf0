"""Where on earth a time zone is: its principal place, by the tables that come with the time zone database.

astral's own list of cities does not do: it has no city for America/New_York, which it files under US/Eastern.
"""

import re
from functools import lru_cache
from pathlib import Path

import tzdata  # type: ignore[import-untyped]  # it is data, and two strings

_FOLDER = Path(tzdata.__file__).parent / "zoneinfo"
_POSITION = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?([+-])(\d{3})(\d{2})(\d{2})?\Z")
"""ISO 6709: degrees, minutes and perhaps seconds, latitude first."""

Degrees = tuple[float, float]


def position_of_zone(time_zone: str) -> Degrees | None:
    """Return latitude and longitude in degrees, north and east positive; None for a zone that is no place (UTC)."""
    places, links = _tables()
    return places.get(time_zone) or places.get(links.get(time_zone, ""))


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, Degrees], dict[str, str]]:
    """Read `zone.tab` (place by zone) and the links of `tzdata.zi` (today's name by old name), once."""
    rows = (line.split("\t") for line in (_FOLDER / "zone.tab").read_text("utf-8").splitlines() if line[:1] != "#")
    links = (line.split() for line in (_FOLDER / "tzdata.zi").read_text("utf-8").splitlines() if line[:2] == "L ")
    return {row[2]: _degrees(row[1]) for row in rows}, {link[2]: link[1] for link in links}


def _degrees(position: str) -> Degrees:
    found = _POSITION.match(position)
    assert found is not None
    north, lat, lat_min, lat_s, east, lon, lon_min, lon_s = found.groups(default="0")
    return _signed(north, lat, lat_min, lat_s), _signed(east, lon, lon_min, lon_s)


def _signed(sign: str, degrees: str, minutes: str, seconds: str) -> float:
    size = int(degrees) + int(minutes) / 60 + int(seconds) / 3600
    return -size if sign == "-" else size
