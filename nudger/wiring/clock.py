"""The clock on the wall: whatever else needs the present takes it as an argument."""

from datetime import UTC, datetime

import tzlocal


def clock() -> datetime:
    """Return the present, in UTC."""
    return datetime.now(UTC)


def machine_time_zone() -> str:
    """Return the IANA name of this machine's time zone; UTC where the machine does not say."""
    try:
        return tzlocal.get_localzone_name()
    except (LookupError, ValueError, OSError):
        return "UTC"
