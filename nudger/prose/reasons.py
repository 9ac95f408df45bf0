"""Reasons in words: for operators in English, and for the people themselves, of whom a few read Spanish.

The one place where a reason becomes a sentence. Each code has its words in both languages.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from nudger.domain.conditions import Condition, from_data
from nudger.domain.reasons import Json, Reason, ReasonCode
from nudger.prose.conditions import condition_in_words
from nudger.prose.english import DAYS

Words = str | Callable[[Reason], str]
"""A template for the params of a reason, or what makes the words of it."""

_DIAS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábados", "domingos")


def english(reason: Reason | None) -> str:
    """Return the words for an operator, as part of a sentence; '' for none."""
    return "" if reason is None else _said(reason, _SENTENCES[reason.code].english)


def english_in_short(reason: Reason | None) -> str:
    """Return the words without what differs from one nudge to the next."""
    if reason is None:
        return ""
    short = _IN_SHORT.get(reason.code)
    return english(reason) if short is None else _said(reason, short)


def spanish(reason: Reason | None) -> str:
    """Return the words in Spanish; '' for none."""
    return "" if reason is None else _said(reason, _SENTENCES[reason.code].spanish)


def condition_of(reason: Reason) -> Condition | None:
    """Return the condition that a reason is about; None where an older version kept its words alone."""
    data = reason.params.get("condition")
    return from_data(data) if isinstance(data, Mapping) else None


def asked(reason: Reason) -> str:
    """Return the condition that a reason is about, in English, to stand behind `if`."""
    condition = condition_of(reason)
    return str(reason.params.get("words", "")) if condition is None else condition_in_words(condition)


def _said(reason: Reason, words: Words) -> str:
    return words.format_map(reason.params) if isinstance(words, str) else words(reason)


def _hello_first(reason: Reason) -> str:
    plain = "the first hello has not gone out yet"
    if reason.params.get("may_have"):
        return f"{plain} (it may have: nobody knows yet)"
    return f"{plain} ({_why(reason)})" if reason.because else plain


def _hello_first_es(reason: Reason) -> str:
    plain = "el primer saludo todavía no ha salido"
    if reason.params.get("may_have"):
        return f"{plain} (puede que sí: aún no se sabe)"
    return f"{plain} ({_why_es(reason)})" if reason.because else plain


def _why(reason: Reason) -> str:
    return ", then ".join(english(each) for each in reason.because)


def _why_es(reason: Reason) -> str:
    return ", luego ".join(spanish(each) for each in reason.because)


def _legal_hours(reason: Reason) -> str:
    places = reason.params.get("places")
    if not isinstance(places, list | tuple) or not places:
        return "no legal hours here"
    return f"{_hours_of_law(reason)} ({', '.join(map(str, places))})"


def _hours_of_law(reason: Reason) -> str:
    weekday = reason.params.get("weekday")
    return f"legal hours none on {DAYS[weekday]}" if isinstance(weekday, int) else f"legal hours {_span(reason)}"


def _span(reason: Reason) -> str:
    return "{opens}-{closes}".format_map(reason.params)


def _legal_hours_es(reason: Reason) -> str:
    weekday = reason.params.get("weekday")
    if not reason.params.get("places"):
        return "aquí no hay horario legal"
    if isinstance(weekday, int):
        return f"por ley, los {_DIAS[weekday]} no se envían mensajes de texto"
    return f"fuera del horario que permite la ley ({_span(reason)})"


def _gap(minutes: Json) -> str:
    hours, rest = divmod(minutes if isinstance(minutes, int) else 0, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)


def _with_gap(words: str) -> Words:
    return lambda reason: words.format_map({**reason.params, "gap": _gap(reason.params.get("minutes"))})


def _only_if(reason: Reason) -> str:
    return f"only if {asked(reason)}{' (unknown)' if reason.params.get('unknown') else ''}"


def _no_words(reason: Reason) -> str:
    low = ", a low day" if reason.params.get("low") else ""
    return f"{_no_words_in_short(reason)} ({reason.params['channel']}, {reason.params['part_of_day']}{low})"


def _no_words_in_short(reason: Reason) -> str:
    return f"no {'gentle ' if reason.params.get('gentle') else ''}{reason.params['language']} message fits"


def _day_es(reason: Reason) -> str:
    until = date.fromisoformat(str(reason.params["until"]))
    return f"en pausa hasta el {until.day}/{until.month}/{until.year}"


def _behind(words: str) -> Words:
    """Return the words with those of what they rest on behind them."""
    return lambda reason: f"{words}: {_why(reason)}"


def _behind_es(words: str) -> Words:
    return lambda reason: f"{words}: {_why_es(reason)}"


def _too_late(reason: Reason) -> str:
    return f"too late: {_why(reason)}" if reason.because else "too late"


def _too_late_es(reason: Reason) -> str:
    return f"demasiado tarde: {_why_es(reason)}" if reason.because else "demasiado tarde"


def _no_address(reason: Reason) -> str:
    return f"no address for {channel}" if (channel := reason.params.get("channel")) else "no address"


class _Sentence(NamedTuple):
    english: Words
    spanish: Words


_SENTENCES: Mapping[ReasonCode, _Sentence] = {
    ReasonCode.HELLO_FIRST: _Sentence(_hello_first, _hello_first_es),
    ReasonCode.PAUSED: _Sentence("paused until {until}", _day_es),
    ReasonCode.HARD_DAY: _Sentence("a day to be left in peace", "un día para estar en paz"),
    ReasonCode.QUIET_HOURS: _Sentence("quiet hours {start}-{end}", "horas de silencio, de {start} a {end}"),
    ReasonCode.LEGAL_HOURS: _Sentence(_legal_hours, _legal_hours_es),
    ReasonCode.MOST_A_WEEK: _Sentence("at most {most} in seven days", "como mucho {most} en siete días"),
    ReasonCode.MOST_A_DAY: _Sentence("at most {most} a day", "como mucho {most} al día"),
    ReasonCode.KEPT_FOR_OTHER: _Sentence(
        "at most {most} a day, and {schedule} matters more",
        "como mucho {most} al día, y más tarde viene otro que importa más",
    ),
    ReasonCode.TOO_SOON_AFTER: _Sentence(
        _with_gap("at least {gap} after another"), _with_gap("al menos {gap} después de otro")
    ),
    ReasonCode.TOO_SOON_BEFORE: _Sentence(
        _with_gap("at least {gap} before {schedule}, which matters more"),
        _with_gap("al menos {gap} antes de otro que importa más"),
    ),
    ReasonCode.ONE_AFTER_ANOTHER: _Sentence(_why, _why_es),
    ReasonCode.TOO_LATE: _Sentence(_too_late, _too_late_es),
    ReasonCode.ADDRESS_STOPPED: _Sentence("this address may not be used", "a esta dirección no se puede escribir"),
    ReasonCode.NO_ADDRESS: _Sentence(_no_address, "falta una dirección"),
    ReasonCode.NO_WELCOME: _Sentence("no welcome message", "falta un mensaje de bienvenida"),
    ReasonCode.MISSED_WHILE_DOWN: _Sentence(
        "fell due while the service was down", "le tocaba mientras el servicio no funcionaba"
    ),
    ReasonCode.NOT_SENT_LATE: _Sentence(
        "fell due while the service was down, and is not sent late",
        "le tocaba mientras el servicio no funcionaba, y no se envía tarde",
    ),
    ReasonCode.ONE_FOR_ALL_MISSED: _Sentence(
        "fell due while the service was down; one goes out for all that were missed",
        "le tocaba mientras el servicio no funcionaba; sale uno por todos",
    ),
    ReasonCode.MOVED_BY_EDIT: _Sentence(
        "an edit moved it to before the service came back", "un cambio lo movió a cuando el servicio no funcionaba"
    ),
    ReasonCode.SAME_INSTANT: _Sentence(
        "another time of this schedule fell due at the same instant", "otro igual tocaba en el mismo instante"
    ),
    ReasonCode.NO_LONGER_HERE: _Sentence(
        "no longer a recipient, or without an address", "ya no recibe mensajes, o falta una dirección"
    ),
    ReasonCode.SCHEDULE_GONE: _Sentence(
        "the schedule is gone, or no longer for this person", "ya no existe, o ya no es para esta persona"
    ),
    ReasonCode.ONLY_IF: _Sentence(_only_if, "no era el momento para este"),
    ReasonCode.NOT_IF: _Sentence(lambda reason: f"not if {asked(reason)}", "no era el momento para este"),
    ReasonCode.ON_PURPOSE: _Sentence(
        _behind("nothing sent on purpose"), _behind_es("no se ha enviado nada a propósito")
    ),
    ReasonCode.ALL_IS_WELL: _Sentence(
        "all is well by the last check-in", "todo va bien, por lo último que nos contaste"
    ),
    ReasonCode.NO_ANSWER: _Sentence("no answer for two weeks", "dos semanas sin respuesta"),
    ReasonCode.MUCH_OF_LATE: _Sentence(
        "much was sent of late, and nothing came back", "últimamente ha salido mucho, y sin respuesta"
    ),
    ReasonCode.SERIES_ENDED: _Sentence("the series is at its end", "la serie ha llegado a su fin"),
    ReasonCode.NO_WORDS: _Sentence(_no_words, "no hay palabras adecuadas para este momento"),
    ReasonCode.PROVIDER_ANSWER: _Sentence("{code}", "el servicio de envío respondió: {code}"),
    ReasonCode.TOO_LATE_FOR_ANOTHER_TRY: _Sentence(
        _behind("too late for another attempt"), _behind_es("demasiado tarde para otro intento")
    ),
    ReasonCode.INTERRUPTED: _Sentence("interrupted in mid-send", "el envío se interrumpió"),
    ReasonCode.INTERRUPTED_TOO_LATE: _Sentence(
        "interrupted in mid-send, and too late to send it again",
        "el envío se interrumpió, y era tarde para repetirlo",
    ),
    ReasonCode.INTERRUPTED_OFTEN: _Sentence(
        "interrupted in mid-send {times} times", "el envío se interrumpió {times} veces"
    ),
    ReasonCode.INTERRUPTED_AND_SENT_AGAIN: _Sentence(
        "interrupted in mid-send: sent again as the same mail",
        "el envío se interrumpió: sale de nuevo como el mismo correo",
    ),
    ReasonCode.MAY_HAVE_GONE_OUT_BEFORE: _Sentence(
        _behind("may have gone out before"), _behind_es("puede que ya saliera antes")
    ),
    ReasonCode.NOT_FOUND: _Sentence("not found at the provider", "el servicio de envío no lo tiene"),
    ReasonCode.NOT_FOUND_TOO_LATE: _Sentence(
        "not found at the provider, and too late to send it again",
        "el servicio de envío no lo tiene, y era tarde para repetirlo",
    ),
    ReasonCode.NOBODY_COULD_SAY: _Sentence(
        _behind("nobody could say until it was too late"), _behind_es("no se supo hasta que era tarde")
    ),
    ReasonCode.GUARDED: _Sentence("held by the guard: nudger guard", "retenido hasta que alguien lo mire"),
    ReasonCode.GUARDED_TOO_LATE: _Sentence("held by the guard until it was too late", "retenido hasta que era tarde"),
    ReasonCode.RELEASED: _Sentence("released by hand", "alguien le dio paso"),
    ReasonCode.DISCARDED: _Sentence("discarded by hand", "alguien lo descartó"),
    ReasonCode.BEFORE_RESTORE: _Sentence(
        "may have gone out before the backup was put back", "puede que saliera antes de reponer la copia de seguridad"
    ),
    ReasonCode.GUARDED_BEFORE_RESTORE: _Sentence(
        "may have gone out before the backup was put back: nudger guard",
        "puede que saliera antes de reponer la copia de seguridad: retenido hasta que alguien lo mire",
    ),
    ReasonCode.CLOCK_WAS_WRONG: _Sentence(
        "too late only by a clock that was wrong", "tarde solo según un reloj que iba mal"
    ),
    ReasonCode.RECORDED_TEXT: _Sentence("{text}", "{text}"),
}
_IN_SHORT: Mapping[ReasonCode, Words] = {
    ReasonCode.HELLO_FIRST: "the first hello has not gone out yet",
    ReasonCode.LEGAL_HOURS: _hours_of_law,
    ReasonCode.KEPT_FOR_OTHER: "at most {most} a day",
    ReasonCode.NO_WORDS: _no_words_in_short,
}
