"""How lists of words are written down, and how they are found in a text.

A text is cut into words once; only where one of a phrase's trigger words is among them is its pattern tried. Texts are
folded first: small letters, straight apostrophes, placeholders by their fall-backs. Patterns are flat.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from nudger.domain.vocabulary import Rule

_WORD = re.compile(r"\w+(?:'\w+)*")
_QUOTED = re.compile(r"(?<!\w)'(?:[^'\n]|(?<=\w)'(?=\w))*'(?!\w)")
_CURLY = (("\u2019", "'"), ("\u2018", "'"), ("\u201c", '"'), ("\u201d", '"'))


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern, tried where one of its `triggers` (words or pieces of text, parted by commas) is in the text.

    What stands in single quotes does not count for one that is `said` by the message: it is what others say.
    """

    rule: Rule
    triggers: str
    pattern: str
    said: bool = False
    unless: tuple[str, ...] = ()
    """What may stand right before it, so that it means no such thing: `no ` before `tienes que`."""

    def find(self, compiled: re.Pattern[str], text: str) -> str:
        """Return the first piece of the text that the phrase means, or ''."""
        for found in compiled.finditer(text):
            if not text.endswith(self.unless, 0, found.start()):
                return found[0].strip()
        return ""


@dataclass(frozen=True)
class Lexicon:
    """The words of one language that a message is looked over for.

    `labels` are words that say what ails a person (a trailing * stands for any ending), for the first words of an SMS
    and for subjects. `reserved` finds a request to answer with a word that phone companies act on; it is matched
    against the text as it is written, capitals and all. `joined` finds small words that melt into a following article.
    """

    phrases: tuple[Phrase, ...]
    labels: str
    reserved: str
    reserved_triggers: str
    joined: str = ""
    plain_letters: frozenset[str] = field(default=frozenset())
    """Letters outside GSM 03.38 that the language cannot do without."""

    @cached_property
    def _triggers(self) -> dict[str, list[tuple[str, int]]]:
        """The first words of all triggers; each trigger as a whole, and the phrase (by number) that it is for."""
        found: dict[str, list[tuple[str, int]]] = {}
        for number, phrase in enumerate(self.phrases):
            for trigger in phrase.triggers.split(", "):
                found.setdefault(trigger.partition(" ")[0], []).append((trigger, number))
        return found

    @cached_property
    def _trigger_words(self) -> frozenset[str]:
        return frozenset(self._triggers)

    @cached_property
    def _patterns(self) -> dict[int, re.Pattern[str]]:
        return {}

    @cached_property
    def _label_words(self) -> frozenset[str]:
        return frozenset(word for word in self.labels.split() if not word.endswith("*"))

    @cached_property
    def _label_stems(self) -> tuple[str, ...]:
        return tuple(word.removesuffix("*") for word in self.labels.split() if word.endswith("*"))

    @cached_property
    def _reserved_triggers(self) -> frozenset[str]:
        return frozenset(self.reserved_triggers.split())

    @cached_property
    def _reserved(self) -> re.Pattern[str]:
        return re.compile(self.reserved)

    def faults(self, text: str, words: frozenset[str]) -> Iterator[tuple[Rule, str]]:
        """Yield the rule and the piece of the folded text for every phrase that is in it; `words` are its words."""
        firsts = words & self._trigger_words
        numbers = {number for word in firsts for whole, number in self._triggers[word] if whole in text}
        for number in sorted(numbers):
            phrase = self.phrases[number]
            pattern = self._patterns.get(number) or self._patterns.setdefault(number, re.compile(phrase.pattern))
            found = phrase.find(pattern, text)
            if found and phrase.said:
                found = phrase.find(pattern, _QUOTED.sub("''", text))
            if found:
                yield phrase.rule, found

    def label(self, words: Sequence[str]) -> str:
        """Return the first of the words that is a label, or ''."""
        exact, stems = self._label_words, self._label_stems
        return next((word for word in words if word in exact or word.startswith(stems)), "")

    def asks_for_reserved(self, text: str, words: frozenset[str]) -> str:
        """Return the piece of the text that asks for a reserved word, or ''."""
        if self._reserved_triggers.isdisjoint(words):
            return ""
        found = self._reserved.search(straight(text))
        return found[0] if found else ""


def straight(text: str) -> str:
    """Return the text with straight quotes."""
    if not text.isascii():
        for curly, plain in _CURLY:
            text = text.replace(curly, plain)
    return text


def fold(text: str) -> str:
    """Return the text in small letters with straight quotes."""
    return straight(text).lower()


def words_of(folded: str) -> list[str]:
    """Return the words of a folded text, in order."""
    return _WORD.findall(folded)
