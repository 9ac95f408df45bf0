"""A configuration folder: every file read, every problem of every file noted, and a catalog if there is none."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from nudger.config.beside import look_around
from nudger.config.checks.references import ParsedFiles, check_references
from nudger.config.conditions.read import Conditions, read_conditions
from nudger.config.crisis_lines import check_age, read_crisis_lines
from nudger.config.entries import entry_places, read_entries
from nudger.config.findings import Findings, Written
from nudger.config.folder import read_document, read_folder
from nudger.config.limits import read_learning, read_limits
from nudger.config.messages import read_message, stand_in
from nudger.config.recipients import check_hard_days, check_quotes, read_recipient
from nudger.config.schedules.read import check_not_empty, read_schedule
from nudger.config.shapes.message import LibraryHeader, MessagesFile, MessageShape
from nudger.config.shapes.recipient import RecipientsFile, RecipientShape
from nudger.config.shapes.schedule import SchedulesFile, ScheduleShape
from nudger.config.yaml.tree import Document, Mapping, Part, plain
from nudger.domain.catalog import Catalog
from nudger.domain.messages import Message
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Schedule
from nudger.errors import ConfigError, Problem

LookAhead = Callable[[Findings, ParsedFiles], None]
Proofread = Callable[[Findings, Sequence[Written[Message]], date], None]


class Reading(NamedTuple):
    """What came of reading: a catalog unless something is wrong, all problems and warnings, and how many files.

    `remarks` are sentences about the look itself.
    """

    catalog: Catalog | None
    problems: tuple[Problem, ...]
    files: int
    remarks: tuple[str, ...] = ()


def load_catalog(config_dir: Path, recipients_path: Path | None = None) -> Catalog:
    """Return the catalog; raise ConfigError with every problem of every file. Warnings alone do not raise."""
    reading = read_configuration(config_dir, recipients_path)
    if reading.catalog is None:
        raise ConfigError(reading.problems, files=reading.files)
    return reading.catalog


def read_configuration(
    config_dir: Path,
    recipients_path: Path | None = None,
    *,
    today: date | None = None,
    imported: Sequence[Recipient] | None = (),
    proofread: Proofread | None = None,
    look_ahead: LookAhead | None = None,
) -> Reading:
    """Return what the folder and the file of people say, with every problem of every file; raises nothing.

    With `today`, what will be wrong or old by then is said, too: advice for whoever writes, no news for a service.
    `proofread` notes what the words of the messages do to a person, `look_ahead` what all of it comes to.
    `imported` are
    people who stand in no file; None: nobody could ask.
    """
    findings = Findings()
    configuration = read_files(findings, config_dir, recipients_path, imported=imported)
    check_references(findings, configuration)
    if today is not None:
        if proofread is not None:
            proofread(findings, configuration.messages, today)
        look_around(findings, config_dir, recipients_path)
        check_hard_days(findings, configuration.people, today)
        check_age(findings, read_crisis_lines(findings, config_dir), today)
    if look_ahead is not None:
        look_ahead(findings, configuration)
    files = sum(map(len, (configuration.schedule_files, configuration.message_files, configuration.people_files)))
    return Reading(_catalog(findings, configuration), findings.problems, files, tuple(findings.remarks))


def read_files(
    findings: Findings,
    config_dir: Path,
    recipients_path: Path | None = None,
    *,
    imported: Sequence[Recipient] | None = (),
) -> ParsedFiles:
    """Return what is well-shaped in every file, after noting what is wrong with each by itself."""
    schedules = read_folder(findings, config_dir / "schedules")
    messages = read_folder(findings, config_dir / "messages")
    people = [read_document(findings, recipients_path, too_large=_MANY_PEOPLE)] if recipients_path else []
    return ParsedFiles(
        schedule_files=schedules,
        message_files=messages,
        people_files=people,
        schedules=[written for document in schedules for written in _schedules(findings, document)],
        messages=[written for document in messages for written in _messages(findings, document)],
        people=[written for document in people for written in _people(findings, document)],
        imported=imported,
        limits=read_limits(findings, schedules),
        learning=read_learning(findings, schedules),
    )


_MANY_PEOPLE = "Many people come from a table: nudger recipients import people.csv."


def _catalog(findings: Findings, configuration: ParsedFiles) -> Catalog | None:
    if findings.failed:
        return None
    return Catalog(
        schedules=tuple(written.value for written in configuration.schedules),
        messages=tuple(written.value for written in configuration.messages),
        recipients=tuple(written.value for written in configuration.people) if configuration.people_files else None,
        limits=configuration.limits,
        learning=configuration.learning,
    )


def _schedules(findings: Findings, document: Document) -> list[Written[Schedule]]:
    check_not_empty(findings, document)
    entries = list(read_entries(findings, document, "schedules", SchedulesFile, ScheduleShape))
    conditions = _conditions(findings, document, "schedules")
    return [w for at, shape in entries if (w := read_schedule(findings, at, shape, conditions[at.loc]))]


def _messages(findings: Findings, document: Document) -> list[Written[Message]]:
    entries = list(read_entries(findings, document, "messages", MessagesFile, MessageShape))
    conditions = _conditions(findings, document, "messages")
    header = _header(document)
    if header is None:
        return []
    sound = {position.loc for position, _ in entries}
    others = [position for position in entry_places(document, "messages") if position.loc not in sound]
    entries += [(position, shape) for position in others if (shape := stand_in(position))]
    return [w for at, shape in entries if (w := read_message(findings, at, header, shape, conditions[at.loc]))]


def _conditions(findings: Findings, document: Document, key: str) -> dict[tuple[Part, ...], Conditions | None]:
    """Return the conditions of every entry by its place, also of those that have other mistakes."""
    return {position.loc: read_conditions(findings, position) for position in entry_places(document, key)}


def _header(document: Document) -> LibraryHeader | None:
    if not isinstance(document.root, Mapping):
        return None
    head = {
        key: plain(entry.value) for key, entry in document.root.entries.items() if key in LibraryHeader.model_fields
    }
    try:
        return LibraryHeader.model_validate(head)
    except ValidationError:
        return None  # the shape of the file was checked before, and what is wrong was noted


def _people(findings: Findings, document: Document) -> list[Written[Recipient]]:
    entries = list(read_entries(findings, document, "recipients", RecipientsFile, RecipientShape))
    for position in entry_places(document, "recipients"):
        check_quotes(findings, position)
    return [w for position, shape in entries if (w := read_recipient(findings, position, shape))]
