"""Friendly words and the values they stand for. What is refused, and how, is in bad/."""

from datetime import date, datetime, time, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from nudger.config.flaws import Flaw
from nudger.config.values import addresses, cron, dates, recurrences, regions, rrule, scalars, zones
from nudger.domain.recipients import Pause, QuietHours
from nudger.domain.schedules import Exceptions, MonthlyWeekdays, OnDates, OnPublicHolidays, Priority, Weekly

WEEK = frozenset(range(7))
READERS = [
    scalars.identifier,
    scalars.wall_time,
    scalars.time_or_moment,
    scalars.length_in_days,
    scalars.yes_or_no,
    scalars.weekend_quiet_hours,
    scalars.priority,
    scalars.message_key,
    recurrences.day_rule,
    recurrences.weekdays,
    recurrences.every,
    recurrences.days_of_programme,
    recurrences.weeks_of_programme,
    recurrences.day_of_programme,
    dates.month_day,
    dates.some_dates,
    dates.exception,
    dates.span,
    dates.pause,
    dates.hard_date,
    regions.region,
    scalars.duration,
    scalars.calendar_date,
    scalars.month,
    scalars.language,
    scalars.quiet_hours,
    scalars.everyone,
    cron.cron_expression,
    rrule.recurrence_rule,
    zones.time_zone,
    addresses.phone,
    addresses.email,
]


@pytest.mark.parametrize(
    ("reader", "text", "value"),
    [
        (scalars.wall_time, "08:30", time(8, 30)),
        (scalars.wall_time, "8:30", time(8, 30)),
        (scalars.wall_time, "00:00", time(0)),
        (scalars.wall_time, "23:59", time(23, 59)),
        (scalars.time_or_moment, "night", "night"),
        (scalars.time_or_moment, "9:05", time(9, 5)),
        (recurrences.weekdays, "daily", WEEK),
        (recurrences.weekdays, "weekdays", frozenset(range(5))),
        (recurrences.weekdays, "weekends", frozenset({5, 6})),
        (recurrences.weekdays, "Sunday", frozenset({6})),
        (recurrences.weekdays, "WED", frozenset({2})),
        (recurrences.every, "2 days", (2, None)),
        (recurrences.every, "1 week", (7, 1)),
        (recurrences.every, "2 weeks", (14, 2)),
        (recurrences.day_rule, "weekends", Weekly(weekdays=frozenset({5, 6}))),
        (recurrences.day_rule, "First Monday", MonthlyWeekdays(which=frozenset({(1, 0)}))),
        (recurrences.day_rule, "2nd tue", MonthlyWeekdays(which=frozenset({(2, 1)}))),
        (recurrences.day_rule, "last  friday", MonthlyWeekdays(which=frozenset({(-1, 4)}))),
        (recurrences.day_rule, "fifth sun", MonthlyWeekdays(which=frozenset({(5, 6)}))),
        (recurrences.day_rule, "Public Holidays", OnPublicHolidays()),
        (recurrences.days_of_programme, "1-14", (1, 14)),
        (recurrences.days_of_programme, "3 to 5", (3, 5)),
        (recurrences.days_of_programme, "15-", (15, None)),
        (recurrences.days_of_programme, "30", (30, 30)),
        (recurrences.weeks_of_programme, "1", (1, 7)),
        (recurrences.weeks_of_programme, "3-8", (15, 56)),
        (recurrences.weeks_of_programme, "9 -", (57, None)),
        (recurrences.day_of_programme, "30", (30, 30)),
        (dates.some_dates, "2026-12-24", OnDates(dates=frozenset({date(2026, 12, 24)}))),
        (dates.some_dates, "12-24", OnDates(yearly=frozenset({(12, 24)}))),
        (dates.some_dates, "02-29", OnDates(yearly=frozenset({(2, 29)}))),
        (dates.some_dates, "15", OnDates(monthly=frozenset({15}))),
        (dates.some_dates, "1st", OnDates(monthly=frozenset({1}))),
        (dates.some_dates, "Last day", OnDates(monthly=frozenset({-1}))),
        (dates.exception, "2026-12-24", Exceptions(dates=frozenset({date(2026, 12, 24)}))),
        (
            dates.exception,
            "2026-12-20 to 2027-01-03",
            Exceptions(spans=((date(2026, 12, 20), date(2027, 1, 3)),)),
        ),
        (dates.exception, "12-24", Exceptions(yearly=frozenset({(12, 24)}))),
        (dates.exception, "public holidays", Exceptions(public_holidays=True)),
        (dates.pause, "until 2027-01-03", Pause(last=date(2027, 1, 3))),
        (dates.pause, "2026-12-20 to 2027-01-03", Pause(first=date(2026, 12, 20), last=date(2027, 1, 3))),
        (dates.pause, "2026-12-24", Pause(first=date(2026, 12, 24), last=date(2026, 12, 24))),
        (dates.hard_date, "11-03", (11, 3, None)),
        (dates.hard_date, "02-29", (2, 29, None)),
        (dates.hard_date, "2027-02-14", (2, 14, 2027)),
        (scalars.length_in_days, "7 days", 7),
        (scalars.length_in_days, "2 weeks", 14),
        (scalars.length_in_days, "none", 0),
        (scalars.yes_or_no, "yes", True),
        (scalars.yes_or_no, "False", False),
        (scalars.priority, "high", Priority.HIGH),
        (scalars.message_key, "kind/friends-voice", "kind/friends-voice"),
        (regions.region, "US-MA", "US-MA"),
        (regions.region, "DE", "DE"),
        (scalars.duration, "45 minutes", timedelta(minutes=45)),
        (scalars.duration, "up to 2 hours", timedelta(hours=2)),
        (scalars.duration, "1 hour 30 minutes", timedelta(minutes=90)),
        (scalars.duration, "1 hour and 30 minutes", timedelta(minutes=90)),
        (scalars.duration, "1h30m", timedelta(minutes=90)),
        (scalars.duration, "90m", timedelta(minutes=90)),
        (scalars.duration, "24 hours", timedelta(hours=24)),
        (scalars.calendar_date, "2028-02-29", date(2028, 2, 29)),
        (scalars.month, "2027-11", "2027-11"),
        (scalars.language, "pt-br", "pt-BR"),
        (scalars.language, "ZH-hant-tw", "zh-Hant-TW"),
        (scalars.language, "es-419", "es-419"),
        (scalars.quiet_hours, "21:00-08:00", QuietHours(start=time(21), end=time(8))),
        (scalars.quiet_hours, "21:00 \u2013 8:00", QuietHours(start=time(21), end=time(8))),
        (scalars.quiet_hours, "none", None),
        (cron.cron_expression, "30 8  * * 1-5", "30 8 * * 1-5"),
        (cron.cron_expression, "0 9 * * 7", "0 9 * * 7"),
        (zones.time_zone, "America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        (zones.time_zone, "UTC", "UTC"),
        (addresses.email, "Sam.O'Neil+x@Example.ORG", "Sam.O'Neil+x@example.org"),
        (addresses.email, "sam@b\u00fccher.example.com", "sam@b\u00fccher.example.com"),
        (addresses.phone, "+14135550123", ("+14135550123", True)),
        (addresses.phone, "+447700900123", ("+447700900123", False)),
        (addresses.phone, "+15555550123", ("+15555550123", False)),
    ],
)
def test_it_reads(reader, text, value):
    assert reader(text) == value


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
@settings(max_examples=50)
@given(text=st.one_of(st.text(max_size=60), st.from_regex(r"[0-9+:./ -]{0,20}[a-z ]{0,10}", fullmatch=True)))
def test_any_text_is_read_or_refused_in_words(reader, text):
    flaw = refused(reader, text)
    if flaw is not None:
        assert flaw.what
        assert not flaw.what.endswith(".")
        assert not flaw.expected or flaw.expected.endswith((".", "?"))


def refused(reader, text):
    try:
        reader(text)
    except Flaw as flaw:
        return flaw
    return None


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "1",
        "+1",
        "a.",
        "1:",
        "1 hour ",
        "-",
        "@",
        " ",
        "1,",
        "\u0661",
        "last ",
        "12-24 ",
        "2026-12-24 to ",
        "1-",
        "until ",
    ],
)
def test_no_long_text_takes_long(reader, piece, deadline):
    with deadline(0.1), pytest.raises(Flaw):
        reader(piece * 50_000)


DATES = st.dates(scalars.EARLIEST, scalars.LATEST)


@given(day=DATES)
def test_dates_come_back_as_they_were_written(day):
    assert dates.some_dates(f"{day}") == OnDates(dates=frozenset({day}))
    assert dates.exception(f"{day}") == Exceptions(dates=frozenset({day}))
    assert dates.some_dates(f"{day:%m-%d}") == OnDates(yearly=frozenset({(day.month, day.day)}))
    assert dates.exception(f"{day:%m-%d}") == Exceptions(yearly=frozenset({(day.month, day.day)}))
    assert dates.some_dates(f"{day.day}th") == OnDates(monthly=frozenset({day.day}))
    assert dates.hard_date(f"{day:%m-%d}") == (day.month, day.day, None)
    assert dates.pause(f"until {day}") == Pause(last=day)
    assert dates.MonthDay(day.month, day.day) == dates.month_day(f"{day:%m-%d}")


@given(one=DATES, other=DATES)
def test_a_span_is_read_if_it_goes_forward(one, other):
    text = f"{one} to {other}"
    if one <= other:
        assert dates.exception(text) == Exceptions(spans=((one, other),))
        assert dates.pause(text) == Pause(first=one, last=other)
    else:
        assert refused(dates.exception, text)
        assert refused(dates.pause, text)


@given(first=st.integers(0, 4000), last=st.integers(0, 4000), dash=st.sampled_from(["-", " - ", " to ", "\u2013"]))
def test_a_stretch_of_a_programme_is_read_if_it_goes_forward_from_day_one(first, last, dash):
    text = f"{first}{dash}{last}"
    if 1 <= first <= last <= recurrences.MAX_PROGRAMME_DAYS:
        assert recurrences.days_of_programme(text) == (first, last)
    else:
        assert refused(recurrences.days_of_programme, text)
    if 1 <= first <= last <= recurrences.MAX_PROGRAMME_WEEKS:
        begin, end = recurrences.weeks_of_programme(text)
        assert (begin % 7, end % 7, (end - begin + 1) // 7) == (1, 0, last - first + 1)


@pytest.mark.parametrize(
    ("rule", "starts", "happens"),
    [
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", None, True),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", None, False),
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", date(2028, 1, 1), True),
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", date(2026, 1, 1), False),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", date(2026, 1, 5), True),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", date(2026, 1, 5), False),
        ("FREQ=MONTHLY;BYDAY=5MO;BYMONTH=2", None, True),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", None, True),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6", None, False),
        ("FREQ=YEARLY;BYYEARDAY=366", date(2199, 12, 31), True),
        ("FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO", None, True),
        ("FREQ=WEEKLY;COUNT=3", date(2026, 1, 5), True),
        ("FREQ=MONTHLY;BYDAY=-1FR", None, True),
        ("FREQ=MONTHLY;BYDAY=6MO", None, False),
        ("FREQ=YEARLY;BYDAY=53MO", None, True),
        ("FREQ=MONTHLY;BYMONTHDAY=-31;BYMONTH=2,4", None, False),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30,-28", None, True),
    ],
)
def test_a_rule_that_never_happens_is_found_out_at_once(rule, starts, happens, deadline):
    with deadline(2):
        assert rrule.happens(rrule.recurrence_rule(rule), starts) is happens


@given(
    frequency=st.sampled_from(["MONTHLY", "YEARLY"]),
    month=st.integers(1, 12),
    part=st.one_of(
        st.integers(-31, 31).filter(bool).map("BYMONTHDAY={}".format),
        st.builds("BYDAY={}{}".format, st.integers(-6, 6).filter(bool), st.sampled_from(["MO", "SU"])),
    ),
)
@settings(max_examples=50)
def test_whether_a_plain_rule_happens_is_as_dateutil_says(frequency, month, part):
    rule = rrule.recurrence_rule(f"FREQ={frequency};BYMONTH={month};{part}")
    found = next(iter(rrulestr(rule.text, dtstart=datetime(9880, 1, 1))), None)
    assert rrule.happens(rule, None) is (found is not None)


@pytest.mark.parametrize(
    "frequency_and_part",
    ["DAILY;BYYEARDAY=1", "DAILY;BYWEEKNO=1", "WEEKLY;BYMONTHDAY=1", "WEEKLY;BYYEARDAY=1", "MONTHLY;BYWEEKNO=1"],
)
def test_parts_that_rfc_5545_does_not_let_stand_together_are_refused(frequency_and_part):
    with pytest.raises(Flaw, match="cannot go with FREQ"):
        rrule.recurrence_rule(f"FREQ={frequency_and_part}")


@pytest.mark.parametrize("number", ["+14135550123", "call me on 4135550123", "0170 1234567", "+1413555012345678"])
def test_the_words_about_a_number_never_repeat_it(number):
    with pytest.raises(Flaw) as raised:
        addresses.phone(f"{number}9")
    assert number[-7:] not in raised.value.what + raised.value.expected.replace("+14135550123", "")


def test_the_words_about_an_address_never_repeat_it():
    for address in ("someone@nowhere", "some one@example.org", "someone@example.invalid", "someone@-x.org"):
        with pytest.raises(Flaw) as raised:
            addresses.email(address)
        assert "someone" not in raised.value.what + raised.value.expected
