"""What a person's own name does to the price of an SMS."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.decisions.choosing.sms_cost import sms_cost
from nudger.decisions.snapshot import OperatorWords, build_snapshot
from nudger.decisions.wording import sms_cost_for
from nudger.domain.catalog import Catalog
from nudger.domain.sms_length import REPLACEMENTS, outside_gsm, segments
from nudger.domain.vocabulary import Channel
from tests.make import make_message, make_recipient, utc

FULL = "{name|Hi}, " + "x" * 146  # 160 with a name of twelve letters
ROOMY = "{name|Hi}, a short one."
NAMELESS = "y" * 160
HELPED = "{supporter|Somebody} may like to hear from you. " + "z" * 100


def texts(*words, **values):
    return [make_message(f"m{n}", sms=sms, **values) for n, sms in enumerate(words)]


def cost(name=None, words=(FULL, ROOMY, NAMELESS, HELPED), **values):
    return sms_cost(texts(*words), make_recipient(name=name, **values), lambda _: {"name": name or ""} | values)


@pytest.mark.parametrize(
    ("name", "dear", "letters"),
    [
        ("Anna", 0, ()),
        ("Christabelle", 0, ()),
        ("Christabelle-Marie", 1, ()),
        ("D’Arcy", 0, ()),
        ("O\u02bcNeill\u00a0“Jo”", 0, ()),
        ("José", 0, ()),
        ("Jose\u0301", 0, ()),
        ("Łukasz", 1, ("Ł",)),
        ("Zoë", 1, ("ë",)),
        ("Zoe\u0308", 1, ("ë",)),
        ("Dvořák-Łuc", 1, ("ř", "á", "Ł")),
        (None, 0, ()),
    ],
)
def test_only_letters_and_length_cost(name, dear, letters):
    found = cost(name)
    assert (found.texts, found.dear, found.letters) == (4, dear, letters)
    assert found.most == (0 if not dear else 3 if letters else 2)


def test_what_a_supporter_is_called_counts_too():
    assert cost("Anna", supporter="my sister").dear == 0
    assert cost("Anna", supporter="Małgorzata").dear == 1


def test_a_text_that_is_dear_to_everybody_is_not_blamed_on_a_name():
    assert cost("Łukasz", words=["{name|Hi} " + "w" * 200]).dear == 0


def test_only_what_they_can_get_counts():
    messages = texts(FULL, language="es") + texts(FULL)
    person = make_recipient(name="Łukasz", language="en-GB")
    assert sms_cost(messages, person, lambda _: {"name": "Łukasz"}).texts == 1


def test_it_is_asked_of_a_snapshot_as_well():
    person, messages = make_recipient(name="Łukasz"), texts(FULL, ROOMY)
    words = OperatorWords(service="n", contact="us", crisis_line="")
    snapshot = build_snapshot(
        Catalog(schedules=(), messages=tuple(messages)), [person], words=words, seed="s", installation="i"
    )
    assert sms_cost_for(snapshot, messages, person, now=utc("2026-11-25 08:30")).dear == 1


LOOKS_BETTER = st.text(st.sampled_from([*REPLACEMENTS, "\u00ad", "\u200b", "\n", "\u2028", *"abÅß"]), max_size=12)


@given(LOOKS_BETTER)
def test_what_only_looks_better_never_makes_ucs_2(name):
    (message,) = texts("{name|Hi}, rest.")
    text = message.render(Channel.SMS, {"name": name}).text
    assert outside_gsm(text) == []
    assert segments(text).segments == 1
    assert "\n" not in text


@given(st.text(max_size=20))
def test_letters_are_never_lost(name):
    (message,) = texts("{name}")
    text = message.render(Channel.SMS, {"name": name}).text
    assert [c for c in text if c.isalpha()] == [
        c for c in normalize("NFC", name) if c.isalpha() and c not in REPLACEMENTS
    ]
