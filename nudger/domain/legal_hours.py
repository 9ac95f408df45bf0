"""The hours in which the law of a person's region lets a text be sent. Where several regions apply, all must allow it.

These laws are about selling; a reminder that someone asked for is hardly that, but nobody wants to find out in court.
So they bind every text. This is a table of what we found, not legal advice: `verified` says when the words of the law
were last read (in a public copy), and None that only somebody's summary was.

Left out on purpose: rules for recorded voices and dialling devices alone (California Pub. Util. Code 2872, Illinois
815 ILCS 305, South Dakota 37-30-28); Utah 13-25a-103, whose ban of Sundays does not hold for people who consented.
Not known here: Alabama, Louisiana and Rhode Island also forbid public holidays; see `decisions.public_holidays`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from nudger.domain.area_codes import regions_of
from nudger.domain.calendar import require_utc, resolve
from nudger.domain.reasons import Reason, ReasonCode

_MONDAY_TO_FRIDAY = frozenset(range(5))
_SATURDAY = frozenset({5})
_SUNDAY = frozenset({6})
_MONDAY_TO_SATURDAY = _MONDAY_TO_FRIDAY | _SATURDAY
_EVERY_DAY = _MONDAY_TO_SATURDAY | _SUNDAY
_DAYS_AHEAD = 8
WHOLE_DAY = (time.min, time.max)
"""The window of a day without a rule: to its very end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHours:
    """On these `weekdays` (Monday is 0) a text may arrive from `opens` until before `closes`, by the local clock.

    `opens == closes` means not at all. `since` is when the rule came into force, or, if that is unknown, the
    date by which a source shows it. `source` names the law and, unless its own words were read, who says so.
    """

    region: str
    weekdays: frozenset[int]
    opens: time
    closes: time
    since: date
    source: str
    verified: date | None = None

    def __post_init__(self) -> None:
        if self.opens > self.closes:
            raise ValueError(f"legal hours of {self.region} must not wrap midnight: {self.opens}-{self.closes}")


def _hours(
    region: str,
    opens: int,
    closes: int,
    since: date,
    source: str,
    *,
    on: frozenset[int] = _EVERY_DAY,
    read: bool = False,
) -> LegalHours:
    return LegalHours(
        region=region,
        weekdays=on,
        opens=time(opens),
        closes=time(closes),
        since=since,
        source=source,
        verified=date(2026, 11, 25) if read else None,
    )


_FEDERAL = "47 CFR 64.1200(c)(1): local time at the called party's location"
_ALABAMA = "Ala. Admin. Code 770-X-5-.17(1)(b) (automated calls; holidays are forbidden too)"
_CONNECTICUT = (
    "Conn. Gen. Stat. 42-288a (names texts); hours as told by Referrizer and two more, ClickPoint says until 21"
)
_LOUISIANA = "La. PSC General Order R-29617 V(A), quoted by dnc.com (consent or not; holidays are forbidden too)"
_MARYLAND = "Md. Com. Law 14-4502 (Stop the Spam Calls Act of 2023), as told by WMAR and Referrizer"
_MISSISSIPPI = "Miss. Code 77-3-723(1)"
_NEW_JERSEY = "Referrizer; but N.J.S.A. 56:8-128(d) itself, in a copy of 2024, says until 21: the stricter counts"
_NEW_MEXICO = "N.M. Stat. 57-12-22(B)(5), read in a copy of 2006 alone; Drop Cowboy still says so in 2025"
_OKLAHOMA = "15 Okla. Stat. 775C.4, as told by lawyers (Lerman Senter; allaboutadvertisinglaw.com)"
_RHODE_ISLAND = "R.I. Gen. Laws 5-61-2(2), 5-61-3.6 (names mobile numbers; holidays are forbidden too)"
_RHODE_ISLAND_SUNDAY = f"{_RHODE_ISLAND}: no hours for Sundays, though Referrizer says 10-17"
_TEXAS = "Tex. Bus. & Com. Code ch. 301 and 302 (texts since SB 140 of 2025), as told by Referrizer and AppFueled"
_LISTS = "as told by vendors' lists of 2025 and 2026 (Drop Cowboy, Stello)"

LEGAL_HOURS: tuple[LegalHours, ...] = (
    _hours("US", 8, 21, date(1992, 12, 20), _FEDERAL, read=True),
    _hours("US-AL", 8, 20, date(2024, 11, 27), _ALABAMA, on=_MONDAY_TO_SATURDAY, read=True),
    _hours("US-AL", 0, 0, date(2024, 11, 27), _ALABAMA, on=_SUNDAY, read=True),
    _hours("US-CT", 9, 20, date(2023, 10, 1), _CONNECTICUT),
    _hours("US-FL", 8, 20, date(2021, 7, 1), "Fla. Stat. 501.616(6)(a)", read=True),
    _hours("US-KY", 10, 21, date(2025, 11, 1), f"KRS 367.46955, {_LISTS}"),
    _hours("US-LA", 8, 20, date(2023, 12, 1), _LOUISIANA, on=_MONDAY_TO_SATURDAY),
    _hours("US-LA", 0, 0, date(2023, 12, 1), _LOUISIANA, on=_SUNDAY),
    _hours("US-MA", 8, 20, date(2003, 1, 1), "201 CMR 12.02(2)", read=True),
    _hours("US-MD", 8, 20, date(2024, 1, 1), _MARYLAND),
    _hours("US-MI", 9, 21, date(2025, 11, 1), f"MCL 750.540e, {_LISTS}"),
    _hours("US-MN", 9, 21, date(2025, 11, 1), f"Minn. Stat. 325E.30, {_LISTS}"),
    _hours("US-MS", 8, 20, date(2003, 7, 1), _MISSISSIPPI, on=_MONDAY_TO_SATURDAY, read=True),
    _hours("US-MS", 0, 0, date(2003, 7, 1), _MISSISSIPPI, on=_SUNDAY, read=True),
    _hours("US-NJ", 8, 20, date(2023, 12, 1), _NEW_JERSEY),
    _hours("US-NM", 9, 21, date(2006, 1, 1), _NEW_MEXICO),
    _hours("US-NV", 9, 20, date(2025, 11, 1), "Drop Cowboy's list of 2025, which names no law"),
    _hours("US-OK", 8, 20, date(2022, 11, 1), _OKLAHOMA),
    _hours("US-RI", 9, 18, date(1999, 12, 31), _RHODE_ISLAND, on=_MONDAY_TO_FRIDAY, read=True),
    _hours("US-RI", 10, 17, date(1999, 12, 31), _RHODE_ISLAND, on=_SATURDAY, read=True),
    _hours("US-RI", 0, 0, date(1999, 12, 31), _RHODE_ISLAND_SUNDAY, on=_SUNDAY, read=True),
    _hours("US-TX", 9, 21, date(2009, 4, 1), _TEXAS, on=_MONDAY_TO_SATURDAY),
    _hours("US-TX", 12, 21, date(2009, 4, 1), _TEXAS, on=_SUNDAY),
    _hours("US-WA", 8, 20, date(1989, 12, 31), "RCW 19.158.040(2)", read=True),
)
"""Every rule that we know. A region that is not here has none of its own."""

_TERRITORIES = frozenset({"AS", "GU", "MP", "PR", "VI"})
"""ISO 3166 lists these as countries, too; federal law holds there."""

_US_ZONES = frozenset(
    """
    America/Adak America/Anchorage America/Atka America/Boise America/Chicago America/Denver America/Detroit
    America/Fort_Wayne America/Indiana/Indianapolis America/Indiana/Knox America/Indiana/Marengo
    America/Indiana/Petersburg America/Indiana/Tell_City America/Indiana/Vevay America/Indiana/Vincennes
    America/Indiana/Winamac America/Indianapolis America/Juneau America/Kentucky/Louisville
    America/Kentucky/Monticello America/Knox_IN America/Los_Angeles America/Louisville America/Menominee
    America/Metlakatla America/New_York America/Nome America/North_Dakota/Beulah America/North_Dakota/Center
    America/North_Dakota/New_Salem America/Phoenix America/Puerto_Rico America/Shiprock America/Sitka
    America/St_Thomas America/Virgin America/Yakutat CST6CDT EST5EDT MST7MDT Navajo PST8PDT Pacific/Guam
    Pacific/Honolulu Pacific/Johnston Pacific/Midway Pacific/Pago_Pago Pacific/Saipan Pacific/Samoa Pacific/Wake
    """.split()  # noqa: SIM905 - fifty lines of names would hide the rest of this module
)


def regions(region: str | None, phone: str | None, time_zone: str) -> frozenset[str]:
    """Return every region whose law may hold for a person, as ISO 3166 codes; each brings its country along.

    Those are the stated `region`; the country, and the US state, of the `phone` number (E.164), for want of a better
    guess; and, where no region is stated, the country of the `time_zone` (an IANA name), if that is the United States.
    """
    stated = _with_country(region) if region else _regions_of_zone(time_zone)
    return stated | (regions_of(phone) if phone else frozenset())


def country(region: str | None, phone: str | None, time_zone: str) -> str | None:
    """Return the country (ISO 3166) of the stated region, else of the phone, else of the zone; None if unknown."""
    for known in (_with_country(region) if region else None, regions_of(phone) if phone else None):
        if known:
            return "US" if "US" in known else next((code for code in sorted(known) if "-" not in code), None)
    return next(iter(_regions_of_zone(time_zone)), None)


def _with_country(region: str) -> frozenset[str]:
    country = region.partition("-")[0]
    if country in _TERRITORIES:
        return frozenset({"US", f"US-{country}", region})
    return frozenset({country, region})


def _regions_of_zone(time_zone: str) -> frozenset[str]:
    american = time_zone in _US_ZONES or time_zone.startswith("US/")
    return frozenset({"US"}) if american else frozenset()


@lru_cache(maxsize=8192)
def window(regions: frozenset[str], day: date) -> tuple[time, time] | None:
    """Return the wall times (from, until before) between which every region allows texts on `day`; None: not at all.

    Where none has a rule this is `WHOLE_DAY`.
    """
    rules = _rules(regions, day)
    if not rules:
        return WHOLE_DAY
    opens, closes = max(rule.opens for rule in rules), min(rule.closes for rule in rules)
    return (opens, closes) if opens < closes else None


def _rules(regions: Iterable[str], day: date) -> list[LegalHours]:
    return [
        rule for rule in LEGAL_HOURS if rule.region in regions and day.weekday() in rule.weekdays and day >= rule.since
    ]


def allowed(regions: frozenset[str], local: datetime) -> bool:
    """Say whether a text may arrive at `local`, an aware datetime in the person's own zone."""
    if local.tzinfo is None:
        raise ValueError(f"an aware local datetime is required, not {local!r}")
    hours = window(regions, local.date())
    return hours == WHOLE_DAY or (hours is not None and hours[0] <= local.time() < hours[1])


def next_opening(regions: frozenset[str], now: datetime, zone: tzinfo) -> datetime | None:
    """Return the next instant (UTC) from `now` (UTC) on at which a text may arrive; None if there is none in 8 days."""
    if allowed(regions, require_utc(now).astimezone(zone)):
        return now
    today = now.astimezone(zone).date()
    openings = (_opening(regions, today + timedelta(days=ahead), zone) for ahead in range(_DAYS_AHEAD + 1))
    return next((at for at in openings if at and at > now and allowed(regions, at.astimezone(zone))), None)


def _opening(regions: frozenset[str], day: date, zone: tzinfo) -> datetime | None:
    hours = window(regions, day)
    instant = resolve(day, hours[0], zone) if hours else None
    return instant.at if instant else None


def reason(regions: frozenset[str], local: datetime) -> Reason:
    """Return the hours of that local day, and who sets them."""
    day = local.date()
    hours, rules = window(regions, day), _rules(regions, day)
    if not rules:
        return Reason(ReasonCode.LEGAL_HOURS, {"places": []})
    if hours is None:
        return Reason(ReasonCode.LEGAL_HOURS, {"weekday": day.weekday(), "places": _who_sets(rules)})
    opens, closes = hours
    spoken = {"opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"}
    return Reason(ReasonCode.LEGAL_HOURS, {**spoken, "places": _who_sets(rules)})


def _who_sets(rules: list[LegalHours]) -> list[str]:
    """Name the regions that explain the common hours: those alone if they have the very same, else every edge's."""
    closed = {rule.region for rule in rules if rule.opens == rule.closes}
    opens, closes = max(rule.opens for rule in rules), min(rule.closes for rule in rules)
    same = {rule.region for rule in rules if (rule.opens, rule.closes) == (opens, closes)}
    edges = {rule.region for rule in rules if rule.opens == opens or rule.closes == closes}
    return sorted(closed or same or edges)
