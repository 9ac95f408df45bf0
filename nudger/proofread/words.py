"""Looks the words of all messages over, by every rule that takes no time."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from nudger.config.findings import Findings, Written
from nudger.domain.messages import Message
from nudger.domain.vocabulary import Rule
from nudger.proofread import gaps, lengths, near_duplicates, raw, tone
from nudger.proofread.english import ENGLISH
from nudger.proofread.lexicon import Lexicon
from nudger.proofread.remarks import Remark, remark
from nudger.proofread.spanish import SPANISH
from nudger.proofread.texts import Text, texts_of

LEXICONS: dict[str, Lexicon] = {"en": ENGLISH, "es": SPANISH}
"""The lists of words that there are, by language; messages in any other are looked over for the rest."""


def note_remarks(findings: Findings, messages: Sequence[Written[Message]], today: date) -> None:
    """Note as warnings what there is to say about the words of messages."""
    for each in proofread(messages, today=today):
        findings.warning(each.position, each.what, each.advice, part=each.part, nth=each.nth)


def proofread(messages: Sequence[Written[Message]], *, today: date) -> list[Remark]:
    """Return what there is to say about messages that may be sent, but for what they waive."""
    current = [written for written in messages if not written.value.retired]
    by_place = messages_by_place(current)
    return [each for each in _all(current, today) if not waives(each, by_place)]


def messages_by_place(messages: Sequence[Written[Message]]) -> dict[tuple[str, str], Message]:
    """Return the messages by their file and key: two languages may share a key."""
    return {(written.position.document.name, written.value.key): written.value for written in messages}


def waives(each: Remark, messages: dict[tuple[str, str], Message]) -> bool:
    """Say whether the message that a remark is about waives its rule."""
    message = messages[each.position.document.name, each.message]
    return any(waiver.rule is each.rule for waiver in message.waivers)


def _all(messages: Sequence[Written[Message]], today: date) -> Iterator[Remark]:
    month = f"{today:%Y-%m}"
    alike_candidates: dict[tuple[str, str], list[tuple[Written[Message], Text]]] = defaultdict(list)
    for written in messages:
        language = written.value.language.partition("-")[0]
        lexicon = LEXICONS.get(language)
        yield from lengths.check(written, lexicon)
        yield from _review(written, month)
        for text in texts_of(written.value):
            yield from gaps.check(written, text, lexicon)
            yield from raw.check(written, text)
            if lexicon:
                yield from tone.check(written, text, lexicon)
            if text.keys[-1] in near_duplicates.MOST:
                alike_candidates[language, text.keys[-1]].append((written, text))
    for candidates in alike_candidates.values():
        yield from near_duplicates.check(candidates)


def _review(written: Written[Message], month: str) -> Iterator[Remark]:
    review = written.value.review
    if review is not None and review.again and review.again < month:
        what = f"it was to be looked at again in {review.again}"
        yield remark(Rule.REVIEW_DUE, written, "review", "again", what=what)
