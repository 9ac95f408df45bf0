"""Values on the long side for every placeholder: what texts are measured with."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from nudger.domain.tongues import weekday

ENGLISH_SAMPLE: Mapping[str, str] = {
    "name": "Christabelle",
    "service": "nudger",
    "contact": "help@example.org",
    "frequency": "about 7 notes a week",
    "crisis_line": "If you need someone now: call 116 123 or text SHOUT to 85258.",
    "weekday": "Wednesday",
    "part_of_day": "morning",
}
_SPANISH_SAMPLE = {
    **ENGLISH_SAMPLE,
    "frequency": "unas 7 notas por semana",
    "crisis_line": "Si necesitas a alguien ahora: llama al 800 911 2000.",
    "weekday": "miércoles",
    "part_of_day": "mañana",
}
SAMPLES: Mapping[str, Mapping[str, str]] = MappingProxyType({"en": ENGLISH_SAMPLE, "es": _SPANISH_SAMPLE})
"""Values on the long side, by language."""


@cache
def samples(language: str) -> Mapping[str, str]:
    """Return the values on the long side for texts in a language."""
    if sample := SAMPLES.get(language.partition("-")[0]):
        return sample
    return {**ENGLISH_SAMPLE, "weekday": max((weekday(language, number) for number in range(7)), key=len)}
