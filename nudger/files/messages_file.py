"""A file in messages/: from its shape to messages, and what is wrong with the words themselves."""

from nudger.domain import placeholders
from nudger.domain.messages import EmailText, Message, Review, Waiver
from nudger.domain.placeholders import KNOWN_NAMES, MAY_BE_UNKNOWN, Fault, Placeholder
from nudger.domain.vocabulary import LibraryId
from nudger.files.condition_words import Conditions, read_conditions
from nudger.files.findings import Findings, Place, Written
from nudger.files.flaws import did_you_mean, nearest, quote, sentences
from nudger.files.message_shapes import LibraryHeader, MessageShape

_KNOWN = "Known: " + ", ".join(f"{{{name}}}" for name in sorted(KNOWN_NAMES)) + "."


def read_message(
    findings: Findings, place: Place, library: LibraryHeader, shape: MessageShape
) -> Written[Message] | None:
    """Return the message, or None after noting what is wrong with it."""
    if shape.sms is None and shape.email is None:
        findings.error(place, "there are no words", "Give sms, email or both.")
        return None
    conditions = read_conditions(findings, place)
    message = _message(library, shape, conditions or Conditions(None, None))
    sound = [_check_placeholders(findings, where, text) for where, text in _texts(place, message)]
    if conditions is None or not all(sound):
        return None
    return Written(message, place)


def _message(library: LibraryHeader, shape: MessageShape, conditions: Conditions) -> Message:
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
        aims=frozenset(shape.aims),
        asks=shape.asks,
        theme=shape.theme,
        waivers=tuple(Waiver(rule=each.rule, reason=each.reason) for each in shape.waive),
        only_when_named=library.only_when_named,
        only_if=conditions.only_if,
        skip_if=conditions.skip_if,
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
