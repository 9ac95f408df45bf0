"""What people call the keys of files, by the key that they mean, and the keys of conditions."""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

OF_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "about": "description",
        "apart": "gap spacing distance",
        "gap": "spacing apart distance pause",
        "at": "time times",
        "between": "window",
        "channel": "channels",
        "choosing": "choice choose",
        "dates": "date on_dates",
        "days": "on day weekdays weekday nth nth_weekday monthly weekly day_of_week",
        "email": "mail e-mail body subject",
        "ends": "end until to_date",
        "except": "exceptions exception exclude skip holidays public_holidays not_on but",
        "gentle_first": "gentle gentle_days gentle_for",
        "goals": "goal aims",
        "groups": "group",
        "hard_days": "hard_day anniversaries anniversary hard",
        "held": "when_held if_held on_hold",
        "id": "name schedule",
        "in_order": "order ordered series sequence",
        "joined": "since",
        "jitter": "random delay",
        "language": "lang",
        "late": "grace",
        "learning": "learn adaptive",
        "libraries": "library",
        "limits": "limit caps cap",
        "messages": "message",
        "missed": "when_missed if_missed catch_up",
        "only_if": "if only_when when_if condition conditions provided",
        "part_of_day": "parts_of_day",
        "pause": "pauses paused vacation holiday away",
        "moments": "morning midday evening night",
        "per_day": "max_per_day daily a_day",
        "per_week": "max_per_week weekly a_week",
        "place": "country state region location",
        "prefer": "channel preferred prefers",
        "priority": "importance urgency",
        "recipient": "person user member",
        "recipients": "people persons users members",
        "programme": "program phase phases course",
        "quiet_hours": "quiet",
        "body": "content",
        "send": "message messages",
        "skip_if": "unless not_if skip except_if",
        "sms": "phone mobile number text",
        "spread": "stagger",
        "starts": "start from from_date",
        "subject": "title",
        "supporter": "helper friend support",
        "then": "do action",
        "time_zone": "timezone tz zone",
        "times": "times_per_day count how_often",
        "to": "audience for",
        "weekend": "weekends",
        "weeks": "week",
    }
)

IN_CONDITIONS: Mapping[str, str] = MappingProxyType(
    {
        "above": "over more more_than greater longer",
        "all": "and",
        "any": "or",
        "below": "under less less_than smaller shorter",
        "groups": "group",
        "goals": "goal",
        "has": "is any one_of in",
        "is": "equals equal has one_of in",
        "mood": "level check_in",
        "not": "no none",
        "public_holiday": "holiday holidays public_holidays",
        "weekday": "day days",
        "within": "age in_last last",
    }
)
"""`has` and `is` are each other's: which one may stand somewhere, the kind of the variable says."""


def meant(said: Collection[str], known: Iterable[str], others: Mapping[str, str]) -> str | None:
    """Return the first of the known keys that is called one of these, or None."""
    return next((key for key in known if any(each in {key, *others.get(key, "").split()} for each in said)), None)
