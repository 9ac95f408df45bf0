"""recipients.yaml: from its shape to people, and what only two keys or two people together can get wrong."""

from datetime import time
from typing import NamedTuple

from nudger.domain.recipients import Recipient
from nudger.domain.vocabulary import Channel, RecipientId
from nudger.files.findings import Findings, Place, Written
from nudger.files.recipient_shapes import RecipientShape
from nudger.files.tree import Mapping, Scalar


class Fault(NamedTuple):
    """What is wrong between the keys of one person; an empty key means the person as a whole."""

    key: str
    what: str
    expected: str


def read_recipient(findings: Findings, place: Place, shape: RecipientShape) -> Written[Recipient] | None:
    """Return the person, or None after noting what is wrong."""
    faults = person_faults(shape)
    for fault in faults:
        findings.error(place.at(fault.key), fault.what, fault.expected)
    for doubt in person_doubts(shape):
        findings.warning(place.at("moments", doubt.key).at(doubt.key), doubt.what, doubt.expected)
    return None if faults else Written(person(shape), place)


def check_quotes(findings: Findings, place: Place) -> None:
    """Note a phone number without quotes: other tools take it for a whole number, and drop the plus."""
    node = place.node
    entry = node.entries.get("sms") if isinstance(node, Mapping) else None
    if entry and isinstance(entry.value, Scalar) and not entry.value.quoted and entry.value.text.startswith("+"):
        what = "an unquoted number would lose its plus in many YAML tools"
        findings.error(place.at("sms"), what, 'Write "+…" in quotes.')


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
        moments=_moments(shape),
        quiet_hours=shape.quiet_hours,
        joined=shape.joined,
    )


def _moments(shape: RecipientShape) -> tuple[tuple[str, time], ...]:
    return tuple((name, wall) for name, wall in shape.moments if wall is not None)


def person_faults(shape: RecipientShape) -> list[Fault]:
    """Return what is wrong between the keys of one person."""
    if shape.sms is None and shape.email is None:
        return [Fault("", "there is no address", "Give sms, email or both.")]
    if shape.prefer is Channel.SMS and shape.sms is None:
        return [Fault("prefer", "prefers sms, and there is no number", "Add sms, or prefer email.")]
    if shape.prefer is Channel.EMAIL and shape.email is None:
        return [Fault("prefer", "prefers email, and there is no address", "Add email, or prefer sms.")]
    return []


def person_doubts(shape: RecipientShape) -> list[Fault]:
    """Return what is odd about one person, and may be meant."""
    doubts = []
    if shape.sms is not None and not shape.sms.valid:
        doubts.append(Fault("sms", "no such number is handed out in its country", "Is every digit right?"))
    quiet = shape.quiet_hours
    for name, wall in _moments(shape):
        if quiet is not None and quiet.cover(wall):
            what = f"{name} at {wall:%H:%M} is inside the quiet hours, {quiet}"
            doubts.append(Fault(name, what, "Nothing goes out then."))
    return doubts
