"""A file in messages/: from its shape to messages, and what is wrong with the words themselves."""

import re

from pydantic import ValidationError

from nudger.config.conditions.read import Conditions
from nudger.config.findings import Findings, Position, Written
from nudger.config.flaws import quote, sentences
from nudger.config.shapes.message import LibraryHeader, MessageShape
from nudger.config.values import blanks
from nudger.config.yaml.tree import Scalar, text_at
from nudger.domain import placeholders
from nudger.domain.messages import EmailText, Message, Review, Waiver
from nudger.domain.placeholders import KNOWN_NAMES, MAY_BE_UNKNOWN, Fault, Placeholder
from nudger.domain.vocabulary import Component, LibraryId, Practice

_KNOWN = "Known: " + ", ".join(f"{{{name}}}" for name in sorted(KNOWN_NAMES)) + "."


def read_message(
    findings: Findings,
    position: Position,
    library: LibraryHeader,
    shape: MessageShape,
    conditions: Conditions | None,
) -> Written[Message] | None:
    """Return the message, or None after noting what is wrong with it."""
    if shape.sms is None and shape.email is None:
        findings.error(position, "there are no words", "Give sms, email or both.")
        return None
    message = _message(library, shape, conditions or Conditions(None, None))
    for where, text in _texts(position, message):
        if "{" in text or "}" in text:
            _check_placeholders(findings, where, text)
        _check_comment(findings, where)
    return Written(message, position)  # with an error noted it is never sent; what else is wrong with its words is said


def stand_in(position: Position) -> MessageShape | None:
    """Return the words of an entry whose other keys are wrong, so that all is said of them at once; None for none."""
    found = {key: text for key in ("sms", "id") if (text := text_at(position.node, key))}
    mail = {key: text for key in ("subject", "body") if (text := text_at(position.node, "email", key))}
    email = {"email": {"subject": "-", "body": "-"} | mail} if mail else {}
    usual = {"id": "no-id", "component": Component.MINDFULNESS.value, "practice": Practice.MINDFULNESS.value}
    tries = (usual | found | email, usual | {"sms": found.get("sms", "")}, usual | email) if email or found else ()
    for entry in tries:
        try:
            shape = MessageShape.model_validate(entry)
        except ValidationError:
            continue
        return shape if shape.sms or shape.email else None
    return None


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


def _texts(position: Position, message: Message) -> list[tuple[Position, str]]:
    texts = [(position.at("sms"), message.sms)] if message.sms is not None else []
    if message.email is not None:
        texts.append((position.at("email", "subject"), message.email.subject))
        texts.append((position.at("email", "body"), message.email.body))
    return texts


def _check_placeholders(findings: Findings, position: Position, text: str) -> None:
    template = placeholders.parse(text)
    nested = _NESTED.search(text)
    if nested:
        what, expected = "a placeholder cannot stand inside another", "A fall-back is plain words: write {name|friend}."
        findings.error(position, what, expected, part=nested[0], nth=text.count(nested[0], 0, nested.start()))
    within = set(range(*nested.span())) if nested else set()
    for barred in filter(_is_barred, _TWO_BARS.finditer(text)):
        what, expected = f"{quote(barred[0])} has more than one '|'", _meant(f"{barred[1]}|{barred[2]}")
        findings.error(position, what, expected or "One stands before the fall-back.", part=barred[0])
        within |= set(range(*barred.span()))
    for fault in [each for each in template.faults if each.offset not in within]:
        _note_fault(findings, position, text, fault)
    for placeholder in template.placeholders:
        if placeholder.name not in KNOWN_NAMES:
            what = f"'{{{placeholder.name}}}' is not known"
            inside = placeholder.name if placeholder.fallback is None else f"{placeholder.name}|{placeholder.fallback}"
            findings.error(position, what, sentences(_KNOWN, _meant(inside)), part="{" + placeholder.name)
        elif placeholder.name in MAY_BE_UNKNOWN and placeholder.fallback is None:
            _note_bare(findings, position, placeholder)


_NESTED = re.compile(r"\{[^{}|]{1,40}\|[^{}]{0,40}\{[^{}]{1,80}\}[^{}]{0,40}\}")


def _is_barred(match: re.Match[str]) -> bool:
    return match[0].count("|") > 1 and not match.string[: match.start()].endswith("{")


def _note_fault(findings: Findings, position: Position, text: str, fault: Fault) -> None:
    if fault.text in {"{", "}"}:
        what, expected = _lone_brace(text, fault)
    else:
        meant = _meant(fault.text[1:-1]) or "A placeholder is a plain name: nothing is computed."
        what, expected = f"{quote(fault.text)} is no placeholder", sentences(_KNOWN, meant)
    findings.error(position, what, expected, part=fault.text, nth=text.count(fault.text, 0, fault.offset))


def _meant(inside: str) -> str:
    """Return `Did you mean '{name|friend}'?` for what stands between braces; '' where nothing is near."""
    found = next(filter(blanks.reads, blanks.proposals(inside)), None)
    return f"Did you mean '{found}'?" if found else ""


def _lone_brace(text: str, fault: Fault) -> tuple[str, str]:
    """Say what is wrong with a brace that has no other: as a rule, the other was forgotten."""
    if fault.text == "{":
        inside = _OPENED.match(text, fault.offset + 1)
        what = "the '{' that opens here is never closed"
    else:
        inside = _CLOSED.search(text, 0, fault.offset)
        what = "the '}' that closes here was never opened"
    said = inside[0].strip().removesuffix("|") if inside else ""
    if meant := next(filter(blanks.reads, blanks.proposals(said)), None):
        return what, f"Write {meant}."
    return f"a lone '{fault.text}'", f"Write it twice, '{fault.text * 2}', to mean the brace itself."


_TWO_BARS = re.compile(r"\{\s*([A-Za-z_]+)\s*\|\|?\s*([^{}|]{0,60})(?:\|[^{}]{0,60})?\}")
_OPENED = re.compile(r"\s*[A-Za-z_]+(?:\s*\|\s*[^\W\d]*)?")
_CLOSED = re.compile(r"[A-Za-z_]+(?:\s*\|\s*[^\W\d]*)?\s*\Z")


def _note_bare(findings: Findings, position: Position, placeholder: Placeholder) -> None:
    name = placeholder.name
    example = f"{{{name}|{blanks.FALLBACKS[name]}}}"
    expected = f"Write {example}, or {{{name}|}} for nothing at all." if name == "name" else f"Write {example}."
    findings.error(position, f"'{{{name}}}' needs a fall-back: {_UNKNOWN[name]}", expected, part=f"{{{name}}}")


_UNKNOWN = {
    "name": "not everyone's name is known",
    "contact": "the operator may not have set it",
    "supporter": "not everybody has named somebody",
    "local_service": "the operator may not have set it",
}


def _check_comment(findings: Findings, position: Position) -> None:
    """Note a comment behind a text without quotes: as a rule it is the rest of the text, cut off and never sent."""
    node = position.node
    if not isinstance(node, Scalar) or node.quoted:
        return
    rest = position.document.line(node.end.line)[node.end.column - 1 :].strip()
    if rest.startswith("#"):
        findings.warning(position, "everything from ' #' on is a comment and is not sent", _QUOTE_IT, part=rest)


_QUOTE_IT = "Put the text in quotes; a comment can stand on a line of its own."
