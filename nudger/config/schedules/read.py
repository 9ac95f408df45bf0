"""A file in schedules/: from its shape to schedules, and what only two keys together can get wrong."""

from nudger.config.conditions.read import Conditions
from nudger.config.findings import Findings, Position, Written
from nudger.config.schedules.when import read_when
from nudger.config.shapes.schedule import People, ScheduleShape, Send
from nudger.config.yaml.tree import Document, Mapping
from nudger.domain.schedules import Audience, Schedule, Selection
from nudger.domain.vocabulary import LibraryId, RecipientId, ScheduleId

RESERVED = frozenset({"welcome", "test"})
"""Ids of nudges that no schedule asks for: the first hello, and `nudger send`."""


def read_schedule(
    findings: Findings, position: Position, shape: ScheduleShape, conditions: Conditions | None
) -> Written[Schedule] | None:
    """Return the schedule, or None after noting what is wrong with it."""
    if shape.id in RESERVED:
        findings.error(position.at("id"), f"'{shape.id}' is a name that nudger uses itself", "Choose another id.")
    recurrence = read_when(findings, position.at("when"), shape.when)
    audience = _audience(findings, position.at("to"), shape.to)
    selection = _selection(findings, position.at("send"), shape.send)
    if recurrence is None or audience is None or selection is None or conditions is None or shape.id in RESERVED:
        return None
    schedule = Schedule(
        id=ScheduleId(shape.id),
        about=shape.about,
        audience=audience,
        recurrence=recurrence,
        selection=selection,
        channel=shape.channel,
        grace=shape.late,
        priority=shape.priority,
        when_missed=shape.missed,
        when_blocked=shape.held,
        only_if=conditions.only_if,
        skip_if=conditions.skip_if,
    )
    return Written(schedule, position)


def check_not_empty(findings: Findings, document: Document) -> None:
    """Note a file that has neither schedules nor limits, nor anything else that may have been meant as these."""
    if isinstance(document.root, Mapping) and not document.root.entries:
        findings.error(Position(document), "there are neither schedules nor limits", "Start with a line 'schedules:'.")


def _audience(findings: Findings, position: Position, to: str | People) -> Audience | None:
    if isinstance(to, str):
        return Audience(everyone=True)
    groups = {*to.groups, *filter(None, [to.group])}
    people = {*to.recipients, *filter(None, [to.recipient])}
    if not groups and not people:
        findings.error(position, "this names nobody", "Write everyone, {group: daily} or {recipient: sam}.")
        return None
    return Audience(groups=frozenset(groups), recipients=frozenset(map(RecipientId, people)))


def _selection(findings: Findings, position: Position, send: Send) -> Selection | None:
    twice = [n for n, key in enumerate(send.messages) if key in send.messages[:n]]
    for index in twice:
        findings.error(position.at("messages", index), "the same message is there twice", "Keep one.")
    if twice:
        return None
    return Selection(
        libraries=frozenset(map(LibraryId, send.libraries)),
        components=frozenset(send.components),
        practices=frozenset(send.practices),
        situations=frozenset(send.situations),
        intensities=frozenset(send.intensities),
        messages=send.messages,
        in_order=send.in_order,
    )
