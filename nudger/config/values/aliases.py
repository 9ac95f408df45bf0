"""What people write for a country, a language, a channel or a time zone, and what it stands for: one table for all.

The table is `data/aliases.txt`. Every function takes what was written and returns the word that nudger knows, or None
where the table has nothing. Nothing here is read as if it had been the right word: it is what may be proposed.
"""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from nudger.config.values.zone_tables import country_names, only_zone_of

_LONGEST = 60
_NAMES_OF_PEOPLE = frozenset({"Na", "Nan", "Nil"})


def country(text: str) -> str | None:
    """Return the ISO 3166 code of the country that a name or a usual short form stands for."""
    word = _plain(text)
    return _table("countries").get(word) or _named_countries().get(word)


def region(text: str) -> str | None:
    """Return the ISO 3166 code of a country, or of a state of the USA, that a name stands for."""
    return country(text) or state(text)


def state(text: str) -> str | None:
    """Return the ISO 3166 code of a state of the USA that a name stands for; some countries have the same."""
    return _table("states of the USA").get(_plain(text))


def language(text: str) -> str | None:
    """Return the tag of the language that a name stands for, such as `en` for English."""
    return _table("languages").get(_plain(text))


def channel(text: str) -> str | None:
    """Return `sms` or `email` for another word for it, such as `text`."""
    return _table("channels").get(_plain(text))


def time_zone(text: str) -> str | None:
    """Return the IANA name for an abbreviation, a country or a city that is none: EST, Germany, Europe/Munich."""
    word = _plain(text)
    city = _plain(text.rpartition("/")[2])
    code = country(text)
    zones = _table("time zones")
    return zones.get(word) or zones.get(city) or (only_zone_of(code) if code else None)


def stands_for_nothing(text: str) -> bool:
    """Say whether this is what spreadsheets and forms write where there is nothing: `#N/A`, `null`, `-`, `TBD`."""
    word = " ".join(text[: _LONGEST + 1].split())
    return word.casefold() in _table("nothing") and word not in _NAMES_OF_PEOPLE


@lru_cache(maxsize=1)
def _tables() -> Mapping[str, Mapping[str, str]]:
    tables: dict[str, dict[str, str]] = {}
    meant = title = ""
    for line in resources.files("nudger.config").joinpath("data", "aliases.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            title = line.strip("[]")
            tables[title] = {}
        elif line and not line.startswith("#"):
            before, equals, words = line.rpartition(" = ")
            meant = before if equals else meant
            tables[title] |= {word.strip(): meant for word in words.split(",") if word.strip()}
    return tables


def _table(title: str) -> Mapping[str, str]:
    return _tables()[title]


@lru_cache(maxsize=1)
def _named_countries() -> Mapping[str, str]:
    names = {_plain(name): code for code, name in country_names().items()}
    return names | {_plain(name.replace("&", "and")): code for code, name in country_names().items()}


def _plain(text: str) -> str:
    """Return a word as the table has it: small letters without accents, dots, hyphens and underscores."""
    bare = unicodedata.normalize("NFKD", text[:_LONGEST].casefold()).encode("ascii", "ignore").decode()
    return " ".join(bare.replace(".", "").replace("_", " ").replace("-", " ").replace("/", " ").split())
