"""A file in messages/: from its shape to messages, and what is wrong with the words themselves."""

from nudger.domain import placeholders
from nudger.domain.messages import EmailText, Message, Review
from nudger.domain.placeholders import KNOWN_NAMES, MAY_BE_UNKNOWN, Fault, Placeholder
from nudger.domain.vocabulary import LibraryId, Purpose
from nudger.files.findings import Findings, Place, Written, name_of
from nudger.files.flaws import did_you_mean, nearest, quote, sentences
from nudger.files.message_shapes import LibraryHeader, MessageShape
from nudger.files.sms_length import REPLACEMENTS, outside_gsm, segments

SAMPLE = {
    "name": "Christabelle",
    "service": "nudger",
    "contact": "help@example.org",
    "frequency": "about 7 notes a week",
    "crisis_line": "In the US call or text 988; elsewhere see findahelpline.com.",
    "weekday": "Wednesday",
    "part_of_day": "morning",
}
"""Values on the long side, to judge how long a message will be."""

_SEGMENTS = {Purpose.NUDGE: 1, Purpose.WELCOME: 3}
_KNOWN = "Known: " + ", ".join(f"{{{name}}}" for name in sorted(KNOWN_NAMES)) + "."


def read_message(
    findings: Findings, place: Place, library: LibraryHeader, shape: MessageShape
) -> Written[Message] | None:
    """Return the message, or None after noting what is wrong with it."""
    if shape.sms is None and shape.email is None:
        findings.error(place, "there are no words", "Give sms, email or both.")
        return None
    message = _message(library, shape)
    sound = [_check_placeholders(findings, where, text) for where, text in _texts(place, message)]
    if not all(sound):
        return None
    if message.sms is not None and not message.retired:
        _check_length(findings, place.at("sms"), message)
    return Written(message, place)


def _message(library: LibraryHeader, shape: MessageShape) -> Message:
    return Message(
        library=LibraryId(library.library),
        id=shape.id,
        component=shape.component,
        practice=shape.practice,
        language=library.language,
        purpose=library.purpose,
        situations=frozenset(shape.situations),
        intensity=shape.intensity,
        parts_of_day=frozenset(shape.part_of_day),
        sms=shape.sms,
        email=EmailText(subject=shape.email.subject, body=shape.email.body) if shape.email else None,
        idea=shape.idea,
        review=Review(state=shape.review.state, by=shape.review.by, again=shape.review.again) if shape.review else None,
    )


def _texts(place: Place, message: Message) -> list[tuple[Place, str]]:
    texts = [(place.at("sms"), message.sms)] if message.sms is not None else []
    if message.email is not None:
        texts.append((place.at("email", "subject"), message.email.subject))
        texts.append((place.at("email", "body"), message.email.body))
    return texts


def _check_placeholders(findings: Findings, place: Place, text: str) -> bool:
    template = placeholders.parse(text)
    for fault in template.faults:
        _note_fault(findings, place, text, fault)
    unknown = [p for p in template.placeholders if p.name not in KNOWN_NAMES]
    for placeholder in unknown:
        hint = did_you_mean(placeholder.name, KNOWN_NAMES)
        findings.error(
            place, f"'{{{placeholder.name}}}' is not known", sentences(_KNOWN, hint), part="{" + placeholder.name
        )
    bare = [p for p in template.placeholders if p.name in MAY_BE_UNKNOWN and p.fallback is None]
    for placeholder in bare:
        _note_bare(findings, place, placeholder)
    return not (template.faults or unknown or bare)


def _note_fault(findings: Findings, place: Place, text: str, fault: Fault) -> None:
    if fault.text in {"{", "}"}:
        what, expected = f"a lone '{fault.text}'", f"Write it twice, '{fault.text * 2}', to mean the brace itself."
    else:
        near = nearest(fault.text.strip("{} ").partition("|")[0], KNOWN_NAMES)
        hint = f"Did you mean '{{{near}}}'?" if near else "A placeholder is a plain name: nothing is computed."
        what, expected = f"{quote(fault.text)} is no placeholder", sentences(_KNOWN, hint)
    findings.error(place, what, expected, part=fault.text, nth=text.count(fault.text, 0, fault.offset))


def _note_bare(findings: Findings, place: Place, placeholder: Placeholder) -> None:
    name = placeholder.name
    examples = {"name": "{name|friend}, or {name|} for nothing at all", "contact": "{contact|us}"}
    reason = "not everyone's name is known" if name == "name" else "the operator may not have set it"
    findings.error(place, f"'{{{name}}}' needs a fall-back: {reason}", f"Write {examples[name]}.", part=f"{{{name}}}")


def _check_length(findings: Findings, place: Place, message: Message) -> None:
    text = placeholders.parse(message.sms or "").render(SAMPLE).strip()
    limit = _SEGMENTS[message.purpose]
    costly = outside_gsm(text)
    if costly:
        _note_costly(findings, place, text, costly)
        text = "".join(REPLACEMENTS.get(letter, letter) for letter in text)
    found = segments(text)
    if found.segments <= limit or found.encoding == "UCS-2":
        return
    room = 160 if limit == 1 else 153 * limit
    findings.warning(
        place,
        f"{found.units} characters make {found.segments} SMS segments with the name '{SAMPLE['name']}' (limit {limit})",
        f"{found.units - room} too many.",
    )


def _note_costly(findings: Findings, place: Place, text: str, costly: list[str]) -> None:
    shown = ", ".join(name_of(letter) for letter in costly[:3]) + (" and others" if len(costly) > 3 else "")  # noqa: PLR2004
    found = segments(text)
    many = f": {found.units} characters make {found.segments} SMS segments" if found.segments > 1 else ""
    swaps = [f"{REPLACEMENTS[letter]!r}" for letter in costly if letter in REPLACEMENTS]
    findings.warning(
        place,
        f"with {shown} an SMS has room for 70 characters, not 160{many}",
        f"Write {', '.join(dict.fromkeys(swaps))} instead." if swaps else "",
        part=costly[0],
    )
