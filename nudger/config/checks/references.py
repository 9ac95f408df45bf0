"""What only several files together can get wrong: names that are taken, and names that nobody has."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nudger.config.checks.audiences import check_audience, check_limits, item_place
from nudger.config.checks.candidates import Candidates
from nudger.config.entries import entry_places
from nudger.config.findings import Findings, Position, Written
from nudger.config.flaws import did_you_mean, listed, quote, sentences
from nudger.config.schedules.when_checks import usual_time
from nudger.config.values import scalars
from nudger.config.yaml.tree import Document, Listing, Scalar, text_at
from nudger.domain.calendar import part_of_day
from nudger.domain.limits import NO_LIMITS, Limits
from nudger.domain.messages import Message
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import At, Calendar, Schedule
from nudger.domain.vocabulary import Channel, ChannelChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFiles:
    """All files, and what in them is well-shaped."""

    schedule_files: list[Document]
    message_files: list[Document]
    people_files: list[Document]
    schedules: list[Written[Schedule]]
    messages: list[Written[Message]]
    people: list[Written[Recipient]]
    limits: Limits = NO_LIMITS
    learning: bool = False
    imported: Sequence[Recipient] | None = ()
    """People who stand in no file; None where nobody could ask for them."""

    @property
    def everybody(self) -> list[Recipient]:
        """Everybody of whom it is known that they are here; the file counts before an import."""
        here = {person.value.id: person.value for person in self.people}
        return [*here.values(), *(person for person in self.imported or () if person.id not in here)]


def check_references(findings: Findings, configuration: ParsedFiles) -> None:
    """Note every name that is given twice, and every reference that leads nowhere."""
    _check_ids(findings, configuration)
    _check_people(findings, configuration)
    _check_send(findings, configuration)
    complete = not _errors_in_messages(findings, configuration)
    libraries = {message.value.library for message in configuration.messages}
    keys = {message.value.key for message in configuration.messages}
    candidates = Candidates(message.value for message in configuration.messages)
    known = _known_people(findings, configuration)
    named = frozenset[str]().union(*(written.value.audience.groups for written in configuration.schedules))
    for schedule in configuration.schedules:
        check_limits(findings, schedule, configuration.limits)
        if known is not None:
            check_audience(findings, schedule, known, named)
        wanted = schedule.value.selection
        if complete and wanted.libraries <= libraries and keys.issuperset(wanted.messages):
            _check_choice(findings, schedule, candidates)


def _known_people(findings: Findings, configuration: ParsedFiles) -> list[Recipient] | None:
    """Return everybody; None where nobody is known, or some may be missing only because they are wrong."""
    nobody = not configuration.people_files and not configuration.imported
    if nobody or any(map(findings.errors_in, configuration.people_files)):
        return None
    return configuration.everybody


def _errors_in_messages(findings: Findings, configuration: ParsedFiles) -> bool:
    """Say whether messages are missing only because they are wrong: then nothing is said about too few of them."""
    return not configuration.message_files or any(map(findings.errors_in, configuration.message_files))


def _check_ids(findings: Findings, configuration: ParsedFiles) -> None:
    _once(findings, "schedule", _ids(configuration.schedule_files, "schedules"))
    _once(findings, "recipient", _ids(configuration.people_files, "recipients"))
    for document in configuration.message_files:
        _once(findings, "message", _ids([document], "messages"))
    heads = [Position(document) for document in configuration.message_files if document.root]
    libraries = [(text_at(head.node, "library"), text_at(head.node, "language") or "en") for head in heads]
    _once(
        findings,
        "library",
        [(pair, head.at("library")) for pair, head in zip(libraries, heads, strict=True) if pair[0]],
    )


def _ids(documents: Iterable[Document], key: str) -> list[tuple[Hashable, Position]]:
    places = [position for document in documents for position in entry_places(document, key)]
    return [(name, position.at("id")) for position in places if (name := text_at(position.node, "id"))]


def _once(findings: Findings, noun: str, names: Iterable[tuple[Hashable, Position]]) -> None:
    first: dict[Hashable, Position] = {}
    for name, position in names:
        if name in first:
            shown = name[0] if isinstance(name, tuple) else name
            what = f"{noun} {quote(str(shown))} is here for the second time (first at {first[name]})"
            findings.error(position, what, "Every id is there once." if noun != "library" else _ONE_LIBRARY)
        first.setdefault(name, position)


_ONE_LIBRARY = "One file holds all of a library in one language."


def _check_people(findings: Findings, configuration: ParsedFiles) -> None:
    languages = {message.value.language.split("-")[0] for message in configuration.messages}
    spoken = set() if _errors_in_messages(findings, configuration) else languages
    addresses: dict[str, Position] = {}
    for person in configuration.people:
        for key, address in (("sms", person.value.sms), ("email", person.value.email)):
            if address and address.lower() in addresses:
                noun = "number" if key == "sms" else "address"
                what = f"another person has the same {noun} ({addresses[address.lower()]})"
                findings.warning(person.position.at(key), what, "Both get every nudge there.")
            addresses.setdefault((address or "").lower(), person.position)
        if spoken and person.value.language.split("-")[0] not in spoken:
            what = f"there is no message in the language '{person.value.language}'"
            findings.warning(person.position.at("language"), what, sentences(listed(sorted(languages))))


def _check_send(findings: Findings, configuration: ParsedFiles) -> None:
    """Note unknown libraries and messages, also in schedules that have other mistakes."""
    documents = configuration.message_files
    if not documents or not all(_library(document) for document in documents):
        return  # a library may be in a file that cannot be read, or that does not say its name
    libraries = {name for document in documents if (name := _library(document))}
    messages = {
        f"{_library(document)}/{text_at(position.node, 'id')}"
        for document in documents
        for position in entry_places(document, "messages")
    }
    for document in configuration.schedule_files:
        for entry in entry_places(document, "schedules"):
            _check_names(findings, entry.at("send", "libraries"), "library", libraries)
            _check_names(findings, entry.at("send", "messages"), "message", messages)


def _library(document: Document) -> str | None:
    return text_at(document.root, "library") if document.root else None


def _check_names(findings: Findings, position: Position, noun: str, known: set[str]) -> None:
    for index, item in enumerate(position.node.items if isinstance(position.node, Listing) else ()):
        if not isinstance(item, Scalar) or item.absent or (noun == "message" and not scalars.KEY.match(item.text)):
            continue  # that was said with its shape
        if item.text not in known:
            hint = did_you_mean(item.text, known) or _unread(findings) or listed(sorted(known))
            findings.error(position.at(index), f"{noun} {quote(item.text)} does not exist", hint)


def _unread(findings: Findings) -> str:
    """Return what to say where a name may stand in a file of messages/ that is not read; '' where there is none."""
    names = [name for name in findings.unread if Path(name).parent.name == "messages"]
    return f"Is it in {names[0]}? That file is not read: its name must end in .yaml." if names else ""


def _check_choice(findings: Findings, schedule: Written[Schedule], candidates: Candidates) -> None:
    """Note a schedule that has no message to choose from, ever or at one of its times."""
    channel = schedule.value.channel
    spoken = None if channel is ChannelChoice.PREFERRED else Channel(channel.value)
    fitting = [m for m in candidates.taken_by(schedule.value.selection) if spoken is None or m.speaks(spoken)]
    position = schedule.position.at("send")
    if not fitting:
        words = "" if channel is ChannelChoice.PREFERRED else f" with words for {channel}"
        hint = "Libraries with a purpose of their own, and retired messages, do not count."
        findings.error(position, f"no message{words} fits what this asks for", hint)
        return
    for key in sorted(set(schedule.value.selection.messages) - {message.key for message in fitting}):
        what = f"{quote(key)} is never chosen: it is retired, a welcome, or does not fit the rest of this schedule"
        findings.warning(item_place(position.at("messages"), key), what)
    recurrence = schedule.value.recurrence
    if isinstance(recurrence, Calendar) and isinstance(recurrence.times, At):
        for part in dict.fromkeys(part_of_day(usual_time(wall)) for wall in recurrence.times.times):
            if not any(not message.parts_of_day or part in message.parts_of_day for message in fitting):
                what = f"none of the messages that fit is for this part of the day ({part})"
                findings.warning(schedule.position.at("when", "at"), what, "Nothing will be sent then.")
