"""What only several files together can get wrong: names that are taken, and names that nobody has."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from nudger.domain.calendar import part_of_day
from nudger.domain.messages import Message
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import At, Between, Calendar, Schedule
from nudger.domain.vocabulary import Channel, ChannelChoice
from nudger.files.entries import entry_places
from nudger.files.findings import Findings, Place, Written
from nudger.files.flaws import did_you_mean, listed, quote, sentences
from nudger.files.schedules_file import usual
from nudger.files.tree import Document, Listing, Scalar, text_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """All files, and what in them is well-shaped."""

    schedule_files: list[Document]
    message_files: list[Document]
    people_files: list[Document]
    schedules: list[Written[Schedule]]
    messages: list[Written[Message]]
    people: list[Written[Recipient]]


def check_references(findings: Findings, configuration: Configuration) -> None:
    """Note every name that is given twice, and every reference that leads nowhere."""
    _check_ids(findings, configuration)
    _check_people(findings, configuration)
    _check_libraries(findings, configuration)
    complete = not _errors_in_messages(findings, configuration)
    libraries = {message.value.library for message in configuration.messages}
    for schedule in configuration.schedules:
        _check_audience(findings, schedule, configuration)
        if complete and schedule.value.selection.libraries <= libraries:
            _check_choice(findings, schedule, configuration)


def _errors_in_messages(findings: Findings, configuration: Configuration) -> bool:
    """Say whether messages are missing only because they are wrong: then nothing is said about too few of them."""
    return not configuration.message_files or any(map(findings.errors_in, configuration.message_files))


def _check_ids(findings: Findings, configuration: Configuration) -> None:
    _once(findings, "schedule", _ids(configuration.schedule_files, "schedules"))
    _once(findings, "recipient", _ids(configuration.people_files, "recipients"))
    for document in configuration.message_files:
        _once(findings, "message", _ids([document], "messages"))
    heads = [Place(document) for document in configuration.message_files if document.root]
    libraries = [(text_at(head.node, "library"), text_at(head.node, "language") or "en") for head in heads]
    _once(
        findings,
        "library",
        [(pair, head.at("library")) for pair, head in zip(libraries, heads, strict=True) if pair[0]],
    )


def _ids(documents: Iterable[Document], key: str) -> list[tuple[Hashable, Place]]:
    places = [place for document in documents for place in entry_places(document, key)]
    return [(name, place.at("id")) for place in places if (name := text_at(place.node, "id"))]


def _once(findings: Findings, noun: str, names: Iterable[tuple[Hashable, Place]]) -> None:
    first: dict[Hashable, Place] = {}
    for name, place in names:
        if name in first:
            shown = name[0] if isinstance(name, tuple) else name
            what = f"{noun} {quote(str(shown))} is here for the second time (first at {first[name]})"
            findings.error(place, what, "Every id is there once." if noun != "library" else _ONE_LIBRARY)
        first.setdefault(name, place)


_ONE_LIBRARY = "One file holds all of a library in one language."


def _check_people(findings: Findings, configuration: Configuration) -> None:
    languages = {message.value.language.split("-")[0] for message in configuration.messages}
    spoken = set() if _errors_in_messages(findings, configuration) else languages
    addresses: dict[str, Place] = {}
    for person in configuration.people:
        for key, address in (("sms", person.value.sms), ("email", person.value.email)):
            if address and address.lower() in addresses:
                noun = "number" if key == "sms" else "address"
                what = f"another person has the same {noun} ({addresses[address.lower()]})"
                findings.warning(person.place.at(key), what, "Both get every nudge there.")
            addresses.setdefault((address or "").lower(), person.place)
        if spoken and person.value.language.split("-")[0] not in spoken:
            what = f"there is no message in the language '{person.value.language}'"
            findings.warning(person.place.at("language"), what, sentences(listed(sorted(languages))))


def _check_audience(findings: Findings, schedule: Written[Schedule], configuration: Configuration) -> None:
    """Warn of people that the file does not have; they may have been imported."""
    if not configuration.people_files or any(map(findings.errors_in, configuration.people_files)):
        return
    people = [person.value for person in configuration.people]
    groups = {group for person in people for group in person.groups}
    place, audience = schedule.place.at("to"), schedule.value.audience
    for group in sorted(audience.groups - groups) if groups else ():  # without any, groups are not in use yet
        hint = did_you_mean(group, groups)
        findings.warning(_mention(place, "group", group), f"nobody in recipients.yaml is in the group '{group}'", hint)
    for name in sorted(audience.recipients - {person.id for person in people}):
        hint = did_you_mean(name, [person.id for person in people])
        findings.warning(_mention(place, "recipient", name), f"'{name}' is not in recipients.yaml", hint)
    for person in people:
        if audience.includes(person) and (fault := _backwards(schedule.value, person)):
            findings.warning(schedule.place.at("when", "between"), f"for '{person.id}' {fault}", "They get nothing.")


def _backwards(schedule: Schedule, person: Recipient) -> str:
    times = schedule.recurrence.times if isinstance(schedule.recurrence, Calendar) else None
    if not isinstance(times, Between):
        return ""
    start, end = (person.moment(wall) if isinstance(wall, str) else wall for wall in (times.start, times.end))
    return f"it ends at {end:%H:%M}, not after it starts at {start:%H:%M}" if end <= start else ""


def _mention(place: Place, singular: str, name: str) -> Place:
    """Return the place where a name is mentioned, alone or in a list."""
    if text_at(place.node, singular) == name:
        return place.at(singular)
    return _item(place.at(f"{singular}s"), name)


def _item(place: Place, name: str) -> Place:
    items = place.node.items if isinstance(place.node, Listing) else ()
    return next((place.at(n) for n, item in enumerate(items) if isinstance(item, Scalar) and item.text == name), place)


def _check_libraries(findings: Findings, configuration: Configuration) -> None:
    """Note unknown libraries, also in schedules that have other mistakes."""
    names = {text_at(document.root, "library") for document in configuration.message_files if document.root}
    known = {name for name in names if name}
    if not configuration.message_files or not all(document.root for document in configuration.message_files):
        return  # a library may be in a file that cannot be read
    for document in configuration.schedule_files:
        for entry in entry_places(document, "schedules"):
            place = entry.at("send", "libraries")
            for index, item in enumerate(place.node.items if isinstance(place.node, Listing) else ()):
                if isinstance(item, Scalar) and not item.absent and item.text not in known:
                    hint = did_you_mean(item.text, known) or listed(sorted(known))
                    findings.error(place.at(index), f"library {quote(item.text)} does not exist", hint)


def _check_choice(findings: Findings, schedule: Written[Schedule], configuration: Configuration) -> None:
    """Note a schedule that has no message to choose from, ever or at one of its times."""
    fitting = [message.value for message in configuration.messages if _fits(schedule.value, message.value)]
    place = schedule.place.at("send")
    if not fitting:
        channel = schedule.value.channel
        words = "" if channel is ChannelChoice.PREFERRED else f" with words for {channel}"
        hint = "Libraries with a purpose of their own, and retired messages, do not count."
        findings.error(place, f"no message{words} fits what this asks for", hint)
        return
    recurrence = schedule.value.recurrence
    if isinstance(recurrence, Calendar) and isinstance(recurrence.times, At):
        for part in dict.fromkeys(part_of_day(usual(wall)) for wall in recurrence.times.times):
            if not any(not message.parts_of_day or part in message.parts_of_day for message in fitting):
                what = f"none of the messages that fit is for this part of the day ({part})"
                findings.warning(schedule.place.at("when", "at"), what, "Nothing will be sent then.")


def _fits(schedule: Schedule, message: Message) -> bool:
    anyhow = schedule.channel is ChannelChoice.PREFERRED
    return schedule.selection.takes(message) and (anyhow or message.speaks(Channel(schedule.channel.value)))
