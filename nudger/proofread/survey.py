"""A whole library at a glance, language by language: what `nudger library` shows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import mean

from nudger.config.findings import Written
from nudger.domain.crisis_lines import CrisisLine
from nudger.domain.messages import Message, Waiver
from nudger.domain.schedules import Schedule
from nudger.domain.sms_length import Segments, segments
from nudger.domain.vocabulary import MessageKey, Purpose, ReviewState
from nudger.proofread import reading, words
from nudger.proofread.coverage import Cell, Supply, cells, language_of, supplies
from nudger.proofread.lengths import as_sent
from nudger.proofread.remarks import Remark


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageSurvey:
    """The messages of one language. `levels` is empty without textstat."""

    language: str
    messages: int
    purposes: Counter[Purpose]
    review: Counter[ReviewState]
    sms: tuple[Segments, ...]
    cells: Counter[Cell]
    levels: tuple[tuple[MessageKey, float], ...]
    waivers: tuple[tuple[MessageKey, Waiver], ...]
    remarks: tuple[Remark, ...]

    @property
    def empty(self) -> list[Cell]:
        """The cells that nothing is for."""
        return [cell for cell, count in self.cells.items() if count == 0]

    @property
    def mean_level(self) -> float | None:
        """The mean reading level, in the language's own measure."""
        return round(mean(level for _, level in self.levels), 1) if self.levels else None

    @property
    def segments(self) -> int:
        """How many SMS it takes to send every message once, to people with long names."""
        return sum(each.segments for each in self.sms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """All languages, how long each schedule's messages last, and the crisis lines."""

    languages: tuple[LanguageSurvey, ...]
    supplies: tuple[Supply, ...]
    crisis_lines: tuple[CrisisLine, ...]
    has_levels: bool


def survey(
    messages: Sequence[Written[Message]],
    schedules: Sequence[Schedule],
    crisis_lines: Sequence[CrisisLine],
    *,
    language: str | None,
    today: date,
) -> Survey:
    """Return what there is to know about the messages, of one language or of all."""
    counter = reading.textstat()
    spoken = sorted({language_of(each.value) for each in messages})
    chosen = [each for each in spoken if language in (None, each)]
    return Survey(
        languages=tuple(
            _language(tongue, [each for each in messages if language_of(each.value) == tongue], counter, today)
            for tongue in chosen
        ),
        supplies=tuple(
            each for each in supplies(schedules, (m.value for m in messages), today) if each.language in chosen
        ),
        crisis_lines=tuple(crisis_lines),
        has_levels=counter is not None,
    )


def _language(tongue: str, messages: list[Written[Message]], counter: object, today: date) -> LanguageSurvey:
    current = [each for each in messages if not each.value.retired]
    levels = _levels(current, counter)
    return LanguageSurvey(
        language=tongue,
        messages=len(current),
        purposes=Counter(each.value.purpose for each in current),
        review=Counter(each.value.review.state if each.value.review else ReviewState.DRAFT for each in messages),
        sms=tuple(segments(as_sent(each.value)) for each in current if each.value.sms is not None),
        cells=cells(each.value for each in current),
        levels=tuple((written.value.key, level) for written, level in levels),
        waivers=tuple((each.value.key, waiver) for each in current for waiver in each.value.waivers),
        remarks=(*words.proofread(messages, today=today), *_hard_to_read(levels)),
    )


def _levels(messages: list[Written[Message]], counter: object) -> list[tuple[Written[Message], float]]:
    """Return the reading level of every message that has one; none without textstat."""
    found = ((each, reading.level(counter, each.value)) for each in messages if counter)
    return [(each, level) for each, level in found if level is not None]


def _hard_to_read(levels: list[tuple[Written[Message], float]]) -> list[Remark]:
    by_place = words.messages_by_place([written for written, _ in levels])
    remarks = [each for written, level in levels for each in reading.check(written, level)]
    return [each for each in remarks if not words.waives(each, by_place)]
