"""The clock on the wall: whatever else needs the present takes it as an argument."""

from datetime import UTC, datetime


def clock() -> datetime:
    """Return the present, in UTC."""
    return datetime.now(UTC)


def machine_time_zone() -> str:
    """Return the IANA name of this machine's time zone; UTC where the machine does not say."""
    import tzlocal  # noqa: PLC0415 - Cold start: `check` asks for the day, and for no zone

    try:
        return tzlocal.get_localzone_name()
    except (LookupError, ValueError, OSError):
        return "UTC"
