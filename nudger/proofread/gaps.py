"""Placeholders: what a text looks like with a value in it that nobody wrote it for, and with none."""

import re
from collections.abc import Iterator
from functools import cache

from nudger.config.checks.samples import ENGLISH_SAMPLE
from nudger.config.findings import Written
from nudger.domain import placeholders
from nudger.domain.messages import Message
from nudger.domain.vocabulary import Rule
from nudger.proofread.lexicon import Lexicon
from nudger.proofread.remarks import Remark, remark
from nudger.proofread.texts import Text

NAMELESS = {name: value for name, value in ENGLISH_SAMPLE.items() if name != "name"}
_AT_START = re.compile(r"(?:^|[.?!]['\"]?\s+|\n\s*|[\u00bf\u00a1])(\{(?:supporter|local_service)\b)")
_INTO_A_SENTENCE = re.compile(r"[^.?!\s][\"']?\s+\{crisis_line\b")
_BROKEN = re.compile(r"^[,.;:]|\s[,.;](?!\.)|[,;:][,.;:?]|[^\S\n]{2}|\(\s*\)")


def check(written: Written[Message], text: Text, lexicon: Lexicon | None) -> Iterator[Remark]:
    """Yield the placeholders of a text that do not read well with every value."""
    if "{" not in text.raw:
        return
    found = placeholders.parse(text.raw).placeholders
    names = {p.name for p in found} - {p.name for p in found if p.name == "name" and p.fallback is None}
    if not names.isdisjoint({"supporter", "local_service"}):
        yield from _stored(written, text, lexicon)
    if "crisis_line" in names and _INTO_A_SENTENCE.search(text.raw):
        what = "'{crisis_line}' is a sentence of its own, with an opening of its own"
        remedy = "End the sentence before it with a full stop."
        yield remark(Rule.PLACEHOLDER, written, *text.keys, what=what, part="{crisis_line", remedy=remedy)
    if "name" in names and _broken(text.raw):
        yield remark(Rule.PLACEHOLDER, written, *text.keys, what="it does not read well without a name", part="{name")


def _broken(raw: str) -> bool:
    """Say whether the text reads badly without a name: a stray mark, a gap, a small letter at the start."""
    nameless = placeholders.parse(raw).render(NAMELESS).strip()
    return nameless[:1].islower() or _BROKEN.search(nameless) is not None


def _stored(written: Written[Message], text: Text, lexicon: Lexicon | None) -> Iterator[Remark]:
    start = _AT_START.search(text.raw)
    if start:
        what = f"'{start[1]}' begins a sentence, and a stored value begins with a small letter"
        yield remark(Rule.PLACEHOLDER, written, *text.keys, what=what, part=start[1])
    joined = _joined(lexicon.joined).search(text.raw) if lexicon and lexicon.joined else None
    if joined:
        what = f"'{joined[1]}' before a value that may begin with an article"
        yield remark(Rule.PLACEHOLDER, written, *text.keys, what=what, part=joined[0].strip())


@cache
def _joined(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
