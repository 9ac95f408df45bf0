"""Cron expressions: read by cronsim, and refused in words of our own."""

from datetime import datetime

from cronsim import CronSim, CronSimError

from nudger.config.flaws import Flaw, quote, sentences, tried

_LONGEST = 100
_ANCHOR = datetime(2024, 1, 1)  # noqa: DTZ001 - wall clock, as in decisions.dates


def cron_expression(text: str) -> str:
    """Return a five-field cron expression; raise Flaw for anything else, and for one that never happens."""
    fields = text.split()
    if len(text) > _LONGEST or len(fields) != 5:  # noqa: PLR2004
        raise Flaw(f"{quote(text)} is no cron expression", lambda: sentences(_FIVE, _without_seconds(text, fields)))
    try:
        next(CronSim(text, _ANCHOR))
    except CronSimError as error:
        if _is_only_impossible(fields):
            raise Flaw(f"{quote(text)} never happens", "No such month has such a day.") from None
        raise Flaw(f"{quote(text)}: {_cron_words(str(error))}", _CRON_FIELDS) from None
    except StopIteration:
        raise Flaw(f"{quote(text)} never happens", "Is there such a date?") from None
    return " ".join(fields)


_FIVE = "Five fields: minute hour day-of-month month weekday."


def _without_seconds(text: str, fields: list[str]) -> str:
    """Return the five fields that are meant where seconds stand before them, or a year behind them."""
    if len(fields) != 6 or len(text) > _LONGEST:  # noqa: PLR2004 - five, and one more
        return ""
    year_behind = "?" in (fields[2], fields[4]) and "?" not in (fields[3], fields[5])
    five = fields[:5] if year_behind else fields[1:] if fields[0] == "0" else []
    found = tried(cron_expression, [" ".join(five).replace("?", "*")])
    return f'Write "{found}".' if found else ""


_CRON_FIELDS = "Minute 0-59, hour 0-23, day 1-31, month 1-12, weekday 0-7 (0 and 7 are Sunday)."


def _is_only_impossible(fields: list[str]) -> bool:
    """Say whether a refused expression is fine but for its months: `0 8 30 2 *`."""
    try:
        CronSim(" ".join([*fields[:3], "*", fields[4]]), _ANCHOR)
        CronSim(" ".join([*fields[:2], "1", fields[3], fields[4]]), _ANCHOR)
    except CronSimError:
        return False
    return True


def _cron_words(error: str) -> str:
    return error.lower().replace("bad", "there is something wrong with the")


def times_a_day(expression: str) -> int:
    """Return how often a cron expression happens on the days on which it happens."""
    reading = CronSim(expression, _ANCHOR)
    return len(reading.minutes) * len(reading.hours)
