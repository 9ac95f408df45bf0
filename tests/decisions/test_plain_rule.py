"""`choose` does what the plain rule says, message by message, for whatever library and person."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.decisions.choosing.choose import choose
from nudger.decisions.choosing.options import index_options
from nudger.decisions.choosing.preferences import Preferences
from nudger.decisions.choosing.rotation import LONG_AGO, Rotation
from nudger.domain.vocabulary import Component, Practice
from tests.decisions.plain_rule import plain_rule
from tests.make import make_message, utc

NOW = utc("2026-11-23 08:30")
THEMES = ("", "tree", "river", "door")
SHORTLIST = 8

moments = st.one_of(st.just(LONG_AGO), st.integers(0, 12).map(lambda days: NOW - timedelta(days=days)))
themes = st.frozensets(st.sampled_from(THEMES[1:]))
shares = st.sampled_from([0.2, 0.5, 1.1, 1.5, 4.0])


@st.composite
def cases(draw):
    """Options of a few or of many messages, and a past of somebody that need not make sense."""
    count = draw(st.one_of(st.integers(0, 12), st.integers(60, 300)))
    random = draw(st.randoms(use_true_random=False))
    components = draw(st.lists(st.sampled_from(Component), min_size=1, unique=True))
    practices = draw(st.lists(st.sampled_from(Practice), min_size=1, unique=True))
    messages = [
        make_message(
            f"m{number:03}",
            component=random.choice(components),
            practice=random.choice(practices),
            theme=random.choice(THEMES),
        )
        for number in range(count)
    ]
    keys = [message.key for message in messages]
    seen = random.sample(keys, int(count * draw(st.sampled_from([0, 0.3, 0.9, 1]))))
    unwanted = random.sample(keys, int(count * draw(st.sampled_from([0, 0.1, 0.5]))))
    rotation = Rotation(
        seen={key: NOW - timedelta(hours=random.randint(0, 2000)) for key in ["kind/gone", *seen]},
        served=draw(st.fixed_dictionaries(dict.fromkeys(Component, moments))),
        resting=draw(themes),
        recent=draw(st.frozensets(st.sampled_from(Practice))),
        overdue=draw(st.dictionaries(st.sampled_from(Practice), moments)),
    )
    preferences = Preferences(
        draw(st.dictionaries(st.sampled_from(Practice), shares)), frozenset([*unwanted, "kind/other"]), draw(themes)
    )
    learned = draw(st.one_of(st.none(), st.fixed_dictionaries(dict.fromkeys(Practice, shares))))
    return index_options(messages), rotation, preferences, {"in_order": draw(st.booleans()), "learned": learned}


@given(cases(), st.text(max_size=8))
def test_every_choice_is_one_that_the_plain_rule_allows_with_the_chance_it_gives(case, seed):
    options, rotation, preferences, more = case
    plain = plain_rule(options, rotation, preferences, **more)
    found = choose(options, rotation, preferences, **more, seed=seed)
    assert (found is None) == (not plain)
    if found is None:
        return
    assert found.probability == pytest.approx(plain[found.message.key])
    if found.chances:
        messages = [message for message in options.messages if message.key in plain]
        chances = Counter()
        for message in messages:
            chances[message.practice] += plain[message.key]
        assert {practice: chance for practice, chance, _ in found.chances} == pytest.approx(chances)
        assert {p: count for p, _, count in found.chances} == Counter(message.practice for message in messages)
        drawn_from = [message.key for message in messages if message.practice is found.message.practice]
        assert set(found.shortlist) <= set(drawn_from)
        assert len(found.shortlist) == len(set(found.shortlist)) <= SHORTLIST
        if len(drawn_from) <= SHORTLIST:
            assert list(found.shortlist) == drawn_from


@given(cases(), st.text(max_size=8))
def test_what_was_set_aside_and_what_stayed_in_the_running_are_all_that_fitted(case, seed):
    options, rotation, preferences, more = case
    found = choose(options, rotation, preferences, **more, seed=seed)
    if found is not None and found.chances:
        plain = plain_rule(options, rotation, preferences, learned={})
        assert len(plain) + sum(each[1] for each in found.set_aside) == found.options == len(options.messages)
