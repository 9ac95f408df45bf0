"""The texts of a message, made ready to be looked at: each is taken apart once."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from nudger.domain import placeholders
from nudger.domain.messages import Message
from nudger.proofread.lexicon import fold, words_of


@dataclass(frozen=True, slots=True)
class Text:
    """One text: where it stands (`keys`), as written (`raw`), with fall-backs filled in (`plain`), and its words."""

    keys: tuple[str, ...]
    raw: str
    plain: str
    folded: str
    words: list[str]
    vocabulary: frozenset[str]


@lru_cache(maxsize=4096)
def _text(keys: tuple[str, ...], raw: str) -> Text:
    plain = placeholders.parse(raw).render({}) if "{" in raw else raw
    folded = fold(plain)
    words = words_of(folded)
    return Text(keys, raw, plain, folded, words, frozenset(words))


def texts_of(message: Message) -> Iterator[Text]:
    """Yield the SMS, the subject and the body, as far as there are any."""
    if message.sms is not None:
        yield _text(("sms",), message.sms)
    if message.email is not None:
        yield _text(("email", "subject"), message.email.subject)
        yield _text(("email", "body"), message.email.body)
