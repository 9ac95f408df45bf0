"""What the words do to a person: pressure, cheer, labels, guilt; and what they ask for."""

import re
from collections.abc import Iterator

from nudger.config.findings import Written
from nudger.domain.messages import Message
from nudger.domain.vocabulary import Asks, Purpose, Rule
from nudger.proofread.lexicon import Lexicon
from nudger.proofread.remarks import Remark, remark
from nudger.proofread.texts import Text

_FIRST = 3
_SAID = {
    Rule.PRESSURE: "'{part}' presses the reader",
    Rule.CHEER: "'{part}' is cheer that nobody asked for",
    Rule.AFFIRMATION: "'{part}' is an affirmation: it can make people with low self-esteem feel worse",
    Rule.GUILT: "'{part}' keeps count, or blames",
}
_BEYOND_A_DIGIT = re.compile(r"(?<![\w.,:/-])(?:0|10)(?![\w:/-]|[.,]\d)")


def check(written: Written[Message], text: Text, lexicon: Lexicon) -> Iterator[Remark]:
    """Yield what is wrong with the tone of a text."""
    if "!" in text.folded or "\u00a1" in text.folded:
        mark = "!" if "!" in text.folded else "\u00a1"
        yield remark(Rule.CHEER, written, *text.keys, what="there is an exclamation mark", part=mark)
    for rule, part in lexicon.faults(text.folded, text.vocabulary):
        shown = part.lstrip(".!?;:, ")
        yield remark(rule, written, *text.keys, what=_SAID[rule].format(part=shown), part=shown)
    yield from _label(written, text, lexicon)
    yield from _asks(written, text, lexicon)


def _label(written: Written[Message], text: Text, lexicon: Lexicon) -> Iterator[Remark]:
    if text.keys[-1] == "body":
        return
    first = text.words if text.keys[-1] == "subject" else text.words[:_FIRST]
    label = lexicon.label(first)
    if label:
        where = "the subject" if text.keys[-1] == "subject" else "the first three words"
        yield remark(Rule.LABEL, written, *text.keys, what=f"'{label}' is in {where}", part=label)


def _asks(written: Written[Message], text: Text, lexicon: Lexicon) -> Iterator[Remark]:
    message = written.value
    if message.purpose is Purpose.NUDGE:
        part = lexicon.asks_for_reserved(text.plain, text.vocabulary)
        if part:
            what = f"'{part}' asks for a word that means something else to phone companies"
            yield remark(Rule.RESERVED_WORD, written, *text.keys, what=what, part=part)
    if message.asks is Asks.DIGIT and (found := _BEYOND_A_DIGIT.search(text.folded)):
        yield remark(Rule.DIGIT_SCALE, written, *text.keys, what=f"{found[0]} is not on the scale", part=found[0])
    if message.asks is Asks.DIGIT and text.keys == ("sms",) and not {"1", "9"} <= text.vocabulary:
        yield remark(Rule.DIGIT_SCALE, written, "sms", what="it does not say what 1 and 9 mean")
