"""How easy the words are to read. textstat does the counting; it is an extra, for people who write messages."""

import importlib
import shlex
import sys
import warnings
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from nudger.config.findings import Written
from nudger.domain.messages import Message
from nudger.domain.vocabulary import Rule
from nudger.proofread.coverage import language_of
from nudger.proofread.remarks import Remark, remark
from nudger.proofread.texts import texts_of

MISSING = (
    "Reading levels are left out: they need textstat. To add it: "
    f"{shlex.quote(sys.executable)} -m pip install 'textstat>=0.7.8,<0.7.9'"
)


class Measure(NamedTuple):
    """How a language is measured: textstat's name for it, the limit, and whether more is easier."""

    function: str
    words: str
    limit: float
    more_is_easier: bool


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "en": Measure("flesch_kincaid_grade", "Flesch-Kincaid grade", 6, more_is_easier=False),
        "es": Measure("fernandez_huerta", "Fernández-Huerta", 70, more_is_easier=True),
    }
)


def textstat() -> Any | None:
    """Return the textstat module, or None where it is not installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own use of setuptools
        try:
            return importlib.import_module("textstat")
        except ImportError:
            return None


def level(counter: Any, message: Message) -> float | None:
    """Return the level of a message's SMS and email together; None for a language that has no measure here."""
    measure = MEASURES.get(language_of(message))
    if measure is None:
        return None
    words = "\n".join(text.plain for text in texts_of(message) if text.keys[-1] != "subject")
    counter.set_lang(language_of(message))
    return round(float(getattr(counter, measure.function)(words)), 1)


def check(written: Written[Message], found: float) -> list[Remark]:
    """Return a remark if the level of a message is beyond its language's limit."""
    measure = MEASURES[language_of(written.value)]
    if (found >= measure.limit) if measure.more_is_easier else (found <= measure.limit):
        return []
    bound = "at least" if measure.more_is_easier else "at most"
    what = f"{measure.words} {found:g}, {bound} {measure.limit:g} is easy to read"
    return [remark(Rule.READING_LEVEL, written, what=what)]
