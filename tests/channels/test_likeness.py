"""Whether a listed text is ours: altered ones are never taken for another's, others' hardly ever for ours."""

from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.channels.twilio.likeness import Words, compare_parties, compare_words
from nudger.config.catalog import load_catalog
from nudger.domain.vocabulary import Channel

ROOT = Path(__file__).parents[2]
VALUES = {"name": "Zoë", "service": "nudger", "contact": "help@example.org", "weekday": "miércoles"}


@pytest.fixture(scope="module")
def texts() -> list[str]:
    messages = [each for each in load_catalog(ROOT).messages if each.sms is not None]
    return [each.render(Channel.SMS, VALUES).text for each in messages]


@given(st.data())
def test_a_text_that_was_altered_on_the_way_is_never_anothers(texts: list[str], data: st.DataObject) -> None:
    ours = data.draw(st.sampled_from(texts))
    rng = Random(data.draw(st.integers()))
    theirs = data.draw(st.sampled_from(ALTERATIONS))(ours, rng)
    assert compare_words(theirs, ours) is not Words.OTHER


def cut(text: str, rng: Random) -> str:
    return text[: rng.randint(1, len(text))]


def cut_in_front(text: str, rng: Random) -> str:
    return text[rng.randint(0, len(text) - 1) :]


def add(text: str, rng: Random) -> str:
    words = ["Reply STOP to end", "[TEST]", "(1/2)", "Kind notes:", "https://twil.io/x"]
    return f"{rng.choice(words)} {text} {rng.choice(words)}"


def misspell(text: str, rng: Random) -> str:
    letters = list(text)
    for _ in range(len(letters) // 20):
        letters[rng.randrange(len(letters))] = rng.choice("?*x ")
    return "".join(letters)


def drop_accents(text: str, _rng: Random) -> str:
    return text.encode("ascii", "replace").decode()


def drop_words(text: str, rng: Random) -> str:
    words = text.split()
    del words[rng.randrange(len(words))]
    return " ".join(words)


def mask(text: str, rng: Random) -> str:
    return rng.choice("*•#-?Xx█") * len(text)


def upper(text: str, _rng: Random) -> str:
    return text.upper()


ALTERATIONS = [cut, cut_in_front, add, misspell, drop_accents, drop_words, mask, upper]


def test_two_texts_of_the_library_are_others(texts: list[str]) -> None:
    some = Random(1).sample(texts, 120)
    near = [pair for pair in combinations(some, 2) if compare_words(*pair) is not Words.OTHER]
    assert len(near) <= 7  # of 7,140: check-ins are much alike


@given(st.none() | st.integers() | st.text(), st.text())
def test_anything_can_be_compared(theirs: object, ours: str) -> None:
    assert compare_words(theirs, ours) in Words
    assert compare_parties(theirs, ours or "+1") in (True, False, None)


@given(st.text(min_size=1))
def test_a_text_is_its_own(text: str) -> None:
    assert compare_words(text, text) in (Words.SAME, Words.BLANK)
    assert compare_words(text, text) is Words.SAME or not any(map(str.isalnum, text))
