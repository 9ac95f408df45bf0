"""The shape of `when`: dates, and the times on them. `when_checks` knows what several keys together can get wrong."""

from functools import partial
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema

from nudger.config.shape import (
    A_DAY,
    A_MOMENT,
    A_NUMBERED_WEEKDAY,
    A_TIME,
    PUBLIC_HOLIDAYS,
    Date,
    Duration,
    Shape,
    TimeOrMoment,
    number_schema,
    one_of_these,
    one_or_several,
    read,
    several_schema,
    text_schema,
)
from nudger.config.values import dates as date_values
from nudger.config.values import recurrences
from nudger.config.values.cron import cron_expression
from nudger.config.values.rrule import Rule, recurrence_rule
from nudger.domain.schedules import Exceptions, OnDates

LAST_PATTERN = "^[Ll]ast( day)?$"
SPAN_PATTERN = f"^{date_values.DATE_PATTERN} to {date_values.DATE_PATTERN}$"

Every = Annotated[recurrences.Every | None, read(recurrences.every), text_schema(pattern=recurrences.EVERY_PATTERN)]
_MONTH_DAY = {"type": "string", "pattern": f"^{date_values.MONTH_DAY_PATTERN}$"}
_DATE = {"type": "string", "pattern": f"^{date_values.DATE_PATTERN}$"}
_SPAN = {"type": "string", "pattern": SPAN_PATTERN}
_LAST = {"anyOf": [{"enum": ["last"]}, {"type": "string", "pattern": LAST_PATTERN}]}
_DAY_OF_MONTH = number_schema(1, 31, pattern=date_values.DAY_OF_MONTH_PATTERN)
_DAYS = number_schema(1, recurrences.MAX_PROGRAMME_DAYS, pattern=recurrences.STRETCH_PATTERN)
_WEEKS = number_schema(1, recurrences.MAX_PROGRAMME_WEEKS, pattern=recurrences.STRETCH_PATTERN)


class PhaseShape(Shape):
    """A part of a programme: which of its days, and how often on them."""

    model_config = ConfigDict(title="phase", json_schema_extra=one_of_these("days", "weeks", "day"))

    days: Annotated[recurrences.Stretch | None, read(recurrences.days_of_programme), WithJsonSchema(_DAYS)] = Field(
        default=None,
        description="From which day to which; day 1 is the day after joining. Without a last day it never ends.",
        examples=["1-14", "15-"],
    )
    weeks: Annotated[recurrences.Stretch | None, read(recurrences.weeks_of_programme), WithJsonSchema(_WEEKS)] = Field(
        default=None,
        description="Instead of `days`: from which week to which; week 1 is days 1 to 7.",
        examples=["3-8", "9-"],
    )
    day: Annotated[
        recurrences.Stretch | None,
        read(recurrences.day_of_programme),
        WithJsonSchema(number_schema(1, recurrences.MAX_PROGRAMME_DAYS)),
    ] = Field(default=None, description="Instead of `days`: this one day.", examples=[30])
    every: Every = Field(
        default=None,
        description="How often, counted from the first day of the phase; every day unless said.",
        examples=["2 days", "1 week"],
    )
    on: Annotated[
        tuple[Annotated[frozenset[int], read(recurrences.weekdays)], ...],
        BeforeValidator(one_or_several),
        WithJsonSchema(several_schema(A_DAY)),
    ] = Field(
        default=(),
        min_length=1,
        description="Instead of `every`: only on these days of the week.",
        examples=[["mon", "thu"]],
    )


class When(Shape):
    """The dates, and the times on them, in each person's own time zone."""

    model_config = ConfigDict(title="when", json_schema_extra=one_of_these("at", "between", "cron"))

    days: Annotated[
        tuple[Annotated[recurrences.DayRule, read(recurrences.day_rule)], ...],
        BeforeValidator(one_or_several),
        WithJsonSchema({**several_schema({"anyOf": [A_DAY, A_NUMBERED_WEEKDAY, PUBLIC_HOLIDAYS]}), "default": "daily"}),
    ] = Field(
        default=(),
        min_length=1,
        description=(
            "On which days: daily (unless said otherwise), weekdays, weekends, a day of the week, such a day of the "
            "month (first monday, 2nd tue, last friday; a month without a fifth one has none), public holidays (of "
            "each person's place), or a list of these."
        ),
        examples=["weekdays", ["mon", "wed", "fri"], "last friday"],
    )
    at: Annotated[
        tuple[TimeOrMoment, ...],
        BeforeValidator(one_or_several),
        WithJsonSchema(several_schema({"anyOf": [A_MOMENT, A_TIME]})),
    ] = Field(
        default=(),
        min_length=1,
        description="A time (24 hours), a moment that each person has at their own time, or a list of these.",
        examples=["08:30", "morning", ["08:30", "evening"]],
    )
    jitter: Duration | None = Field(
        default=None,
        description="Beside `at`: up to so much later, drawn anew for each person and day.",
        examples=["10 minutes"],
    )
    spread: Duration | None = Field(
        default=None,
        description="Beside `at`: people are spread over so much time; each keeps their own place in it.",
        examples=["30 minutes"],
    )
    between: tuple[TimeOrMoment, ...] = Field(
        default=(),
        min_length=2,
        max_length=2,
        description="Instead of `at`: one minute drawn for each person and day, from the first to before the second.",
        examples=[["09:00", "11:00"]],
    )
    times: Annotated[
        int | None,
        read(partial(recurrences.number, low=1, high=recurrences.MAX_TIMES)),
        WithJsonSchema({**number_schema(1, recurrences.MAX_TIMES), "default": "1"}),
    ] = Field(default=None, description="Beside `between`: how many minutes are drawn a day.", examples=[3])
    apart: Duration | None = Field(
        default=None,
        description="Beside `between` and `times`: at least so much time lies between them.",
        examples=["2 hours"],
    )
    every: Every = Field(
        default=None,
        description=(
            "Every so many days or weeks, counted from `starts` (from Monday 2024-01-01, if that is not set). With "
            "weeks, `days` may say on which days of the week: weeks begin on Monday, and the week of `starts` is the "
            "first one. Without `days`, it is the weekday of `starts`."
        ),
        examples=["2 days", "2 weeks"],
    )
    dates: Annotated[
        tuple[Annotated[OnDates, read(date_values.some_dates)], ...],
        BeforeValidator(one_or_several),
        WithJsonSchema(several_schema({"anyOf": [_DATE, _MONTH_DAY, _DAY_OF_MONTH, _LAST]})),
    ] = Field(
        default=(),
        min_length=1,
        description=(
            "Instead of `days`: 2026-12-24 (once), 12-24 (every year), 15 or 15th (every month), last (the last day of "
            "every month), or a list of these. A month without a 31st, or a year without 29 February, is left out."
        ),
        examples=["12-24", [15, "last"]],
    )
    programme: tuple[PhaseShape, ...] = Field(
        default=(),
        min_length=1,
        description="Instead of `days`: phases, counted for each person from the day they joined.",
        examples=[[{"days": "1-14"}, {"weeks": "3-8", "every": "2 days"}, {"weeks": "9-", "every": "1 week"}]],
    )
    except_: Annotated[
        tuple[Annotated[Exceptions, read(date_values.exception)], ...],
        BeforeValidator(one_or_several),
        WithJsonSchema(several_schema({"anyOf": [_DATE, _SPAN, _MONTH_DAY, PUBLIC_HOLIDAYS]})),
    ] = Field(
        default=(),
        min_length=1,
        alias="except",
        description=(
            "On which dates nothing happens: 2026-12-24, 2026-12-20 to 2027-01-03, 12-24 (every year), public holidays "
            "(of each person's place), or a list of these."
        ),
        examples=["public holidays", ["12-24", "2026-12-20 to 2027-01-03"]],
    )
    cron: Annotated[str | None, read(cron_expression), text_schema()] = Field(
        default=None,
        description="Instead of days and times: five fields; 0 and 7 are Sunday; each person's wall clock.",
        examples=["30 8 * * 1-5"],
    )
    rrule: Annotated[Rule | None, read(recurrence_rule), text_schema()] = Field(
        default=None,
        description=(
            "Instead of `days`: the dates of an RFC 5545 rule; `at` or `between` gives the time. An INTERVAL and a "
            "COUNT count from `starts`; weeks begin on Monday, unless WKST says otherwise."
        ),
        examples=["FREQ=MONTHLY;BYDAY=-1FR"],
    )
    starts: Date | None = Field(
        default=None,
        description=(
            "The first date. `every` and rules count from it, and from Monday 2024-01-01 where it is not set."
        ),
        examples=["2026-01-05"],
    )
    ends: Date | None = Field(default=None, description="The last date, inclusive.", examples=["2026-12-31"])
