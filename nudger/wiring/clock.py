"""The clock on the wall, and the zone it is in: whatever else needs the present takes it as an argument."""

import os
import re
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from nudger.config.flaws import quote
from nudger.config.values.zones import known_time_zones

# POSIX.1-2017, 8.3: a name and an offset, and perhaps rules for summer time.
_POSIX = re.compile(r"(<[A-Za-z0-9+-]{3,}>|[A-Za-z]{3,})[+-]?\d{1,2}(:\d{1,2}){0,2}([A-Za-z<][\w<>+,./:-]*)?", re.ASCII)


def clock() -> datetime:
    """Return the present, in UTC."""
    return datetime.now(UTC)


def uptime() -> timedelta:
    """Return how long this machine has been up, sleep included: a clock that nobody sets, the same for all programs."""
    return timedelta(seconds=time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)))


def settle_time_zone() -> str | None:
    """Make this machine's zone one to reckon with, and return one line where it was none: then it is UTC.

    (TZ=GMT+0100 is a hundred hours west for the C library, and an exception for Python; TZ=Nowhere/Land is UTC in
    silence.) Only what is shown in the machine's own time depends on it: people have zones of their own.
    """
    given = os.environ.get("TZ")
    if not given or _can_be_reckoned_with(given):
        return None
    os.environ["TZ"] = "UTC"
    time.tzset()
    return f"TZ={quote(given)} is no time zone, so times of this machine are in UTC. Write TZ=Europe/Berlin or the like"


@lru_cache(maxsize=1)
def machine_time_zone() -> str:
    """Return the IANA name of this machine's time zone; UTC where the machine does not say."""
    given = os.environ.get("TZ", "").removeprefix(":")
    if given in known_time_zones():
        return given
    if _POSIX.fullmatch(given):
        return "UTC"
    import logging  # noqa: PLC0415 - Cold start: `check` asks for the day, and for no zone
    import warnings  # noqa: PLC0415

    import tzlocal  # noqa: PLC0415

    logging.getLogger("tzlocal").setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            name = tzlocal.get_localzone_name()
    except (LookupError, ValueError, OSError):
        return "UTC"
    return name if name in known_time_zones() else "UTC"


def _can_be_reckoned_with(given: str) -> bool:
    name = given.removeprefix(":")
    try:
        if not (name in known_time_zones() or _POSIX.fullmatch(name) or _is_zone_file(name)):
            return False
        datetime.fromtimestamp(0).astimezone()
        clock().astimezone()
    except (ValueError, OverflowError, OSError):
        return False
    return True


def _is_zone_file(name: str) -> bool:
    """Say whether this names a compiled zone (RFC 9636, 3), from the root or from where the system keeps them."""
    path = Path("/usr/share/zoneinfo", name)
    if ".." in path.parts or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"TZif"
