"""recipients.yaml: from its shape to people, and what only two keys or two people together can get wrong."""

from collections.abc import Iterable
from datetime import date, time, timedelta

from nudger.config.findings import Findings, Position, Written
from nudger.config.flaws import KeyFlaw
from nudger.config.limits import doubts as limit_doubts
from nudger.config.limits import limits
from nudger.config.shapes.recipient import HardDayShape, Moments, RecipientShape
from nudger.config.values import zones
from nudger.config.yaml.tree import Mapping, Scalar
from nudger.domain.recipients import HardDay, QuietHours, Recipient
from nudger.domain.vocabulary import Channel, RecipientId


def read_recipient(findings: Findings, position: Position, shape: RecipientShape) -> Written[Recipient] | None:
    """Return the person, or None after noting what is wrong."""
    faults = person_faults(shape)
    for fault in faults:
        findings.error(position.at(*fault.loc), fault.what, fault.expected)
    for doubt in person_doubts(shape):
        findings.warning(position.at(*doubt.loc), doubt.what, doubt.expected)
    return None if faults else Written(person(shape), position)


def check_quotes(findings: Findings, position: Position) -> None:
    """Note a phone number without quotes: other tools take it for a whole number, and drop the plus."""
    node = position.node
    entry = node.entries.get("sms") if isinstance(node, Mapping) else None
    if entry and isinstance(entry.value, Scalar) and not entry.value.quoted and entry.value.text.startswith("+"):
        what = "an unquoted number would lose its plus in many YAML tools"
        findings.error(position.at("sms"), what, 'Write "+…" in quotes.')


def person(shape: RecipientShape) -> Recipient:
    """Return the person that a shape without flaws describes."""
    return Recipient(
        id=RecipientId(shape.id),
        time_zone=shape.time_zone,
        name=shape.name,
        sms=shape.sms.number if shape.sms else None,
        email=shape.email,
        prefer=shape.prefer,
        language=shape.language,
        groups=frozenset(shape.groups),
        moments=_moments(shape.moments),
        quiet_hours=shape.quiet_hours,
        joined=shape.joined,
        region=shape.place,
        weekend_moments=_moments(shape.weekend.moments),
        weekend_quiet_hours=shape.weekend.quiet_hours,
        pauses=shape.pause,
        hard_days=tuple(_hard_day(each) for each in shape.hard_days),
        limits=limits(shape.limits) if shape.limits else None,
        supporter=shape.supporter,
        goals=frozenset(shape.goals),
    )


def _moments(shape: Moments) -> tuple[tuple[str, time], ...]:
    return tuple((name, wall) for name, wall in shape if wall is not None)


def _hard_day(shape: HardDayShape) -> HardDay:
    return HardDay(month=shape.date.month, day=shape.date.day, year=shape.date.year, then=shape.then)


def person_faults(shape: RecipientShape) -> list[KeyFlaw]:
    """Return what is wrong between the keys of one person."""
    if shape.sms is None and shape.email is None:
        return [KeyFlaw((), "there is no address", "Give sms, email or both.")]
    if shape.prefer is Channel.SMS and shape.sms is None:
        return [KeyFlaw(("prefer",), "prefers sms, and there is no number", "Add sms, or prefer email.")]
    if shape.prefer is Channel.EMAIL and shape.email is None:
        return [KeyFlaw(("prefer",), "prefers email, and there is no address", "Add email, or prefer sms.")]
    dates = [each.date for each in shape.hard_days]
    if twice := next((day for n, day in enumerate(dates) if day in dates[:n]), None):
        what = f"{twice.month:02}-{twice.day:02} is there twice"
        return [KeyFlaw(("hard_days",), what, "Each hard day is there once.")]
    return []


def person_doubts(shape: RecipientShape) -> list[KeyFlaw]:
    """Return what is odd about one person, and may be meant."""
    doubts = []
    if shape.sms is not None and not shape.sms.valid:
        doubts.append(KeyFlaw(("sms",), "no such number is handed out in its country", "Is every digit right?"))
    if zone := zones.doubt(shape.time_zone, shape.place):
        doubts.append(KeyFlaw(("time_zone",), zone.what, zone.expected))
    doubts += _in_quiet_hours(dict(_moments(shape.moments)), shape.quiet_hours, ("moments",))
    doubts += _weekend_doubts(shape)
    if shape.limits:
        doubts += [KeyFlaw(("limits", *doubt.loc), doubt.what, doubt.expected) for doubt in limit_doubts(shape.limits)]
    return doubts


def check_hard_days(findings: Findings, people: Iterable[Written[Recipient]], today: date) -> None:
    """Note a hard day that was over before the person came, as a day of remembrance is, and one that few years have."""
    for written in people:
        for index, day in enumerate(written.value.hard_days):
            position = written.position.at("hard_days", index, "date")
            if day.year is not None and date(day.year, day.month, day.day) < (
                written.value.joined or today - timedelta(days=366)
            ):
                expected = f"Write {day.month:02}-{day.day:02} for the same day of every year, or take it out."
                findings.warning(position, "this day is over, and never comes again", expected)
            elif day.year is None and (day.month, day.day) == (2, 29):
                findings.warning(position, "three years of four have no 29 February", "Add 02-28 or 03-01 for those.")


def _weekend_doubts(shape: RecipientShape) -> list[KeyFlaw]:
    weekend, own = shape.weekend, dict(_moments(shape.weekend.moments))
    quiet = shape.quiet_hours if weekend.quiet_hours == "same" else weekend.quiet_hours
    doubts = _in_quiet_hours(own, quiet, ("weekend", "moments"))
    if weekend.quiet_hours != "same":
        others = {name: wall for name, wall in _moments(shape.moments) if name not in own}
        doubts += [
            KeyFlaw(("weekend", "quiet_hours"), doubt.what, "Nothing goes out then.")
            for doubt in _in_quiet_hours(others, quiet, ())
        ]
    return doubts


def _in_quiet_hours(moments: dict[str, time], quiet: QuietHours | None, loc: tuple[str, ...]) -> list[KeyFlaw]:
    return [
        KeyFlaw((*loc, name), f"{name} at {wall:%H:%M} is inside the quiet hours, {quiet}", "Nothing goes out then.")
        for name, wall in moments.items()
        if quiet is not None and quiet.cover(wall)
    ]
