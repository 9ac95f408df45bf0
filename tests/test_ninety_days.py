"""Ninety days at one a day from the shipped library: no wording twice, in English and in Spanish."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from nudger.config.catalog import load_catalog
from nudger.decisions.snapshot import build_snapshot
from nudger.domain.catalog import Catalog
from nudger.domain.schedules import Selection
from nudger.domain.vocabulary import Intensity
from nudger.use_cases.preview import rehearse
from tests.make import WORDS, make_recipient, make_schedule, utc

ROOT = Path(__file__).parents[1]
START = utc("2026-11-23 00:00")
DAYS = 90


@pytest.fixture(scope="module")
def library():
    return load_catalog(ROOT).messages


def live(library, language):
    selection = Selection(intensities=frozenset({Intensity.GENTLE, Intensity.STEADY}))
    catalog = Catalog(schedules=(make_schedule(at="12:00", selection=selection),), messages=library)
    snapshot = build_snapshot(
        catalog, [make_recipient(language=language)], words=WORDS, seed="nudger", installation="i"
    )
    coming = rehearse(snapshot, since=START, until=START + timedelta(days=DAYS), histories={})
    by_key = {(message.key, message.language): message for message in library}
    return [by_key[each.nudge.decision.message, language] for each in coming if each.nudge.decision.message]


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_wording_comes_twice_and_all_of_it_is_in_the_persons_language(library, language):
    lived = live(library, language)
    assert len(lived) == DAYS
    assert max(Counter(message.key for message in lived).values()) == 1
    assert {message.library for message in lived}.isdisjoint({"check-in", "programme"})


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_component_and_practice_comes_every_week(library, language):
    lived = live(library, language)
    for begin in range(0, DAYS - 6, 7):
        week = lived[begin : begin + 7]
        assert len({message.component for message in week}) == 3
        assert len({message.practice for message in week}) == 5, [message.practice for message in week]
