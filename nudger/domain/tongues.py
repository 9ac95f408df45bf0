"""The few words of our own that reach a person, in every language that we have them in.

All else that people read is written by the operator, in the message libraries. The names of days are those of the
Unicode Consortium (CLDR, by Babel), in every language it knows. It has no bare words for parts of the day in Spanish,
and "matin" for a French night: these, and whole phrases, are ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from nudger.domain.vocabulary import Channel, PartOfDay


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tongue:
    """What is said in a language.

    `frequencies` are how often a note comes: of none a week, of one, of more. `you_get_this` and `to_stop` make the
    foot of a mail; `stop_word` is the subject of the mail that the mail program's own "unsubscribe" button writes (in
    ASCII: programs disagree about any other). `to_somebody` heads a nudge that is shown on a screen.
    """

    tag: str
    frequencies: tuple[str, str, str]
    parts_of_day: Mapping[PartOfDay, str]
    you_get_this: str
    to_stop: str
    stop_word: str
    to_somebody: Mapping[Channel, str]
    you: str

    def foot(self, service: str, contact: str | None) -> str:
        """Return one line: who writes, and how to make it stop."""
        stop = self.to_stop.format(contact=contact) if contact else ""
        return f"{self.you_get_this.format(service=service)} {stop}".strip()


_ENGLISH = Tongue(
    tag="en",
    frequencies=("a note now and then", "about one note a week", "about {} notes a week"),
    parts_of_day=MappingProxyType({part: part.value for part in PartOfDay}),
    you_get_this="You get this from {service}.",
    to_stop="To stop, write to {contact}.",
    stop_word="unsubscribe",
    to_somebody=MappingProxyType({Channel.SMS: "sms to {name}", Channel.EMAIL: "email to {name}"}),
    you="you",
)
_SPANISH = Tongue(
    tag="es",
    frequencies=("una nota de vez en cuando", "una nota por semana", "unas {} notas por semana"),
    parts_of_day=MappingProxyType(
        {
            PartOfDay.MORNING: "mañana",
            PartOfDay.MIDDAY: "mediodía",
            PartOfDay.EVENING: "tarde",
            PartOfDay.NIGHT: "noche",
        }
    ),
    you_get_this="Recibes esto de {service}.",
    to_stop="Para dejar de recibirlo, escribe a {contact}.",
    stop_word="baja",
    to_somebody=MappingProxyType({Channel.SMS: "sms para {name}", Channel.EMAIL: "correo para {name}"}),
    you="ti",
)
_GERMAN = Tongue(
    tag="de",
    frequencies=("ab und zu eine Nachricht", "etwa eine Nachricht pro Woche", "etwa {} Nachrichten pro Woche"),
    parts_of_day=MappingProxyType(
        {
            PartOfDay.MORNING: "Morgen",
            PartOfDay.MIDDAY: "Mittag",
            PartOfDay.EVENING: "Abend",
            PartOfDay.NIGHT: "Nacht",
        }
    ),
    you_get_this="Das kommt von {service}.",
    to_stop="Zum Abbestellen schreib an {contact}.",
    stop_word="abbestellen",
    to_somebody=MappingProxyType({Channel.SMS: "SMS an {name}", Channel.EMAIL: "Mail an {name}"}),
    you="dich",
)
_FRENCH = Tongue(
    tag="fr",
    frequencies=("un mot de temps en temps", "environ un mot par semaine", "environ {} mots par semaine"),
    parts_of_day=MappingProxyType(
        {PartOfDay.MORNING: "matin", PartOfDay.MIDDAY: "midi", PartOfDay.EVENING: "soir", PartOfDay.NIGHT: "nuit"}
    ),
    you_get_this="Ce message vient de {service}.",
    to_stop="Pour ne plus en recevoir, écrivez à {contact}.",
    stop_word="stop",
    to_somebody=MappingProxyType({Channel.SMS: "SMS pour {name}", Channel.EMAIL: "mail pour {name}"}),
    you="vous",
)
TONGUES: Mapping[str, Tongue] = MappingProxyType(
    {tongue.tag: tongue for tongue in (_ENGLISH, _SPANISH, _GERMAN, _FRENCH)}
)
"""By primary language. Some of these words make an SMS dear (sábado, mediodía): misspelling them would be dearer."""


def tongue_of(language: str) -> Tongue:
    """Return what we have for a language tag; English where we have nothing, as people get English texts then."""
    return TONGUES.get(language.partition("-")[0].lower(), _ENGLISH)


def weekday(language: str, number: int) -> str:
    """Return the name of a day in a language, 0 for Monday; in English where nobody knows its word."""
    return _weekdays(language)[number]


@lru_cache(maxsize=64)
def _weekdays(language: str) -> tuple[str, ...]:
    # Cold start: most texts name no day.
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415
    from babel.dates import get_day_names  # noqa: PLC0415

    for tag in (language, language.partition("-")[0]):
        try:
            names = get_day_names("wide", locale=Locale.parse(tag, sep="-"))
        except (UnknownLocaleError, ValueError):  # a variant or a language that it has no words of
            continue
        return tuple(names[number] for number in range(7))
    return _weekdays("en")
