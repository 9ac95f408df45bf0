"""Time zones: which copy of the rules is used, and which names there are."""

import zoneinfo
from functools import lru_cache
from pathlib import Path

import tzdata  # type: ignore[import-untyped]  # it is data, and two strings

from nudger.files.flaws import Flaw, did_you_mean, quote

_PACKAGE = Path(tzdata.__file__).parent  # importlib.resources says the same, 15 ms later
_ABBREVIATION = 5  # PST, CEST: several places share one, and none has it all year
_NOT_A_PLACE = frozenset({"Factory", "localtime"})


def prefer_newest_time_zones(*, renew: bool = False) -> tuple[str, str]:
    """Make zoneinfo read the newer of the system's rules and those of the tzdata package.

    `renew` reads them again, for rules that were updated under a running service.

    Returns (version, source), for `status`. A system is often a year behind, and rules change with weeks of
    warning. Zones that were already made keep their old rules, so the cache of them is emptied.
    """
    package = _PACKAGE / "zoneinfo"
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
    names = (_PACKAGE / "zones").read_text(encoding="utf-8").split()
    return frozenset(names) - _NOT_A_PLACE


def time_zone(text: str) -> str:
    """Return the name of a time zone; raise Flaw for a name that the tzdata package does not have."""
    if text in known_time_zones():
        return text
    raise Flaw(
        f"{quote(text)} is no time zone", _hint(text) or "Write a name such as Europe/Berlin or America/New_York."
    )


def _hint(text: str) -> str:
    place = text.strip().replace(" ", "_").lower()
    ends = [name for name in _places() if place and name.lower().rsplit("/", 1)[-1] == place]
    if ends or ("/" not in text and len(text) <= _ABBREVIATION):
        return f"Did you mean '{ends[0]}'?" if ends else ""
    return did_you_mean(place, _places())


def _places() -> list[str]:
    """Return what may be suggested: never Etc/GMT+1, which is an hour west of Greenwich, not east."""
    return sorted(name for name in known_time_zones() if "/" in name and not name.startswith("Etc/"))
