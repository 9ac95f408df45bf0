"""How long an SMS gets, with values on the long side, and what its characters cost."""

from collections.abc import Iterator

from nudger.config.checks.samples import samples
from nudger.config.findings import Written, name_of
from nudger.decisions.choosing.sms_cost import limit_of
from nudger.domain.messages import Message
from nudger.domain.sms_length import REPLACEMENTS, Segments, outside_gsm, segments
from nudger.domain.vocabulary import Channel, Purpose, Rule
from nudger.proofread.lexicon import Lexicon
from nudger.proofread.remarks import Remark, remark

ACCENTED_NAME = "Purificación"
"""A name with a letter that makes an SMS dear. Nudges in a language with such names must have room for it; what is said
once only (a hello, a farewell) may cost more."""


def as_sent(message: Message, *, name: str | None = None) -> str:
    """Return the SMS, filled in with values on the long side."""
    values = samples(message.language)
    if message.sms is None:
        return ""
    return message.render(Channel.SMS, {**values, "name": name} if name else values).text


def check(written: Written[Message], lexicon: Lexicon | None) -> Iterator[Remark]:
    """Yield what is wrong with the length and the letters of an SMS."""
    message = written.value
    if message.sms is None:
        return
    text, limit = as_sent(message), limit_of(message)
    needed = lexicon.plain_letters if lexicon else frozenset()
    costly = [letter for letter in outside_gsm(text) if letter not in needed]
    if costly:
        yield _costly(written, text, costly)
        text = "".join(REPLACEMENTS.get(letter, letter) for letter in text)
    found = segments(text)
    if found.segments > limit and (found.encoding == "GSM-7" or needed):
        yield _too_long(written, found, limit, "Christabelle")
    elif needed and message.purpose is Purpose.NUDGE and "{name" in message.sms:
        found = segments(as_sent(message, name=ACCENTED_NAME))
        if found.segments > limit:
            yield _too_long(written, found, limit, ACCENTED_NAME)


def _too_long(written: Written[Message], found: Segments, limit: int, name: str) -> Remark:
    alone, joined = (160, 153) if found.encoding == "GSM-7" else (70, 67)
    room = alone if limit == 1 else joined * limit
    what = f"{found.units} characters make {found.segments} SMS segments with the name '{name}' (limit {limit})"
    return remark(Rule.SMS_LENGTH, written, "sms", what=what, remedy=f"{found.units - room} too many.")


def _costly(written: Written[Message], text: str, costly: list[str]) -> Remark:
    shown = ", ".join(name_of(letter) for letter in costly[:3]) + (" and others" if len(costly) > 3 else "")  # noqa: PLR2004
    found = segments(text)
    many = f": {found.units} characters make {found.segments} SMS segments" if found.segments > 1 else ""
    swaps = dict.fromkeys(f"{REPLACEMENTS[letter]!r}" for letter in costly if letter in REPLACEMENTS)
    return remark(
        Rule.SMS_ALPHABET,
        written,
        "sms",
        what=f"with {shown} an SMS has room for 70 characters, not 160{many}",
        part=costly[0],
        remedy=f"Write {', '.join(swaps)} instead." if swaps else "",
    )
