"""Where help is, country by country, and the one sentence that says so to one person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

REST_OF_WORLD = "*"
"""The country of an entry that serves everywhere else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisLine:
    """A crisis or support line. `call` and `text` are numbers as they are dialled there; each may be ''.

    `then_press` is the key to press after calling, `text_word` the word to text. `verified_on` is the day on which
    somebody last read it in `source`; None means that nobody could confirm it.
    """

    country: str
    name: str
    call: str = ""
    then_press: str = ""
    text: str = ""
    text_word: str = ""
    web: str = ""
    languages: tuple[str, ...] = ()
    hours: str = ""
    source: str = ""
    verified_on: date | None = None

    def speaks(self, language: str) -> bool:
        """Say whether somebody there speaks the language."""
        return language.partition("-")[0] in self.languages


CrisisLines = tuple[CrisisLine, ...]
"""In the order in which they are preferred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    """The pieces of a language; GSM 03.38 letters alone, so that an SMS stays cheap."""

    start: str
    call: str
    press: str
    text: str
    text_word: str
    both: str
    either: str
    web: str
    end: str = "."


_SENTENCES: Mapping[str, _Sentence] = MappingProxyType(
    {
        "en": _Sentence(
            start="If you need someone now: ",
            call="call {call}",
            press=" and press {then_press}",
            text="text {text}",
            text_word="text {text_word} to {text}",
            both="call or text {call}",
            either=" or ",
            web="see {web}",
        ),
        "es": _Sentence(
            start="Si necesitas a alguien ahora: ",
            call="llama al {call}",
            press=" y oprime {then_press}",
            text="manda un SMS al {text}",
            text_word="manda {text_word} al {text}",
            both="llama o manda un SMS al {call}",
            either=" o ",
            web="mira {web}",
        ),
        "de": _Sentence(
            start="Wenn du jetzt jemanden brauchst: ",
            call="Telefon {call}",
            press=", dann Taste {then_press}",
            text="SMS an {text}",
            text_word="SMS mit {text_word} an {text}",
            both="Telefon oder SMS {call}",
            either=" oder ",
            web="siehe {web}",
        ),
        "fr": _Sentence(
            start="Besoin de parler maintenant? ",
            call="Appelez le {call}",
            press=" puis la touche {then_press}",
            text="envoyez un SMS au {text}",
            text_word="envoyez {text_word} au {text}",
            both="Appelez le {call} ou envoyez-y un SMS",
            either=" ou ",
            web="Voir {web}",
        ),
    }
)


def crisis_line_for(
    lines: CrisisLines, country: str | None, language: str, *, operators: str = "", sentence_in: str | None = None
) -> str:
    """Return one sentence for a person in a country (ISO 3166, None where unknown) who reads this language.

    `sentence_in` is the language of the sentence, where the text that it is to stand in has another than the person.

    The country's own lines come first, those in the person's language before others; then the operator's own
    sentence, where there is one; then what serves the rest of the world; '' where there is nothing at all.
    """
    own = _in_language([line for line in lines if line.country == country], language)
    if own:
        return _sentence(own, sentence_in or language)
    everywhere = [line for line in lines if line.country == REST_OF_WORLD]
    return operators or (_sentence(everywhere, sentence_in or language) if everywhere else "")


def overridden(shipped: Iterable[CrisisLine], own: CrisisLines) -> CrisisLines:
    """Return the lines with the operator's in place of the shipped ones, for every country that the operator has."""
    countries = {line.country for line in own}
    return (*own, *(line for line in shipped if line.country not in countries))


def _in_language(lines: list[CrisisLine], language: str) -> list[CrisisLine]:
    return [line for line in lines if line.speaks(language)] or lines


def _sentence(lines: list[CrisisLine], language: str) -> str:
    """Return the sentence for the first line to call and the first to text."""
    words = _SENTENCES.get(language.partition("-")[0], _SENTENCES["en"])
    by_phone = next((line for line in lines if line.call), None)
    by_text = next((line for line in lines if line.text), None)
    if by_phone and by_text is by_phone and by_text.text == by_phone.call and not _extras(by_phone):
        ways = [words.both.format(call=by_phone.call)]
    else:
        ways = [*_calling(words, by_phone), *_texting(words, by_text)]
    web = next((line.web for line in lines if line.web), "")
    return words.start + (words.either.join(ways) or words.web.format(web=web)) + words.end


def _extras(line: CrisisLine) -> bool:
    return bool(line.then_press or line.text_word)


def _calling(words: _Sentence, line: CrisisLine | None) -> list[str]:
    if line is None:
        return []
    press = words.press.format(then_press=line.then_press) if line.then_press else ""
    return [words.call.format(call=line.call) + press]


def _texting(words: _Sentence, line: CrisisLine | None) -> list[str]:
    """Whoever cannot speak aloud needs this way more than the other, also where it is the number just called."""
    if line is None:
        return []
    pattern = words.text_word if line.text_word else words.text
    return [pattern.format(text=line.text, text_word=line.text_word)]
