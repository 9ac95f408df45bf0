"""A name that makes texts dearer is said once by `check`, and is no mistake."""

from functools import partial

import pytest

from nudger.config.catalog import read_configuration
from nudger.config.checks.samples import samples
from nudger.config.checks.year import note_year
from tests.make import utc

MESSAGES = """\
library: kind
messages:
  - id: long
    component: mindfulness
    practice: mindfulness
    sms: "{name|Hi}, three slow breaths may be all that this minute asks for. Nothing else has to happen before noon, \
and nobody is waiting for you now."
  - {id: short, component: mindfulness, practice: mindfulness, sms: "One slow breath, maybe?"}
"""
SCHEDULES = 'schedules:\n  - {id: a, to: everyone, when: {at: "08:30"}}\n'


@pytest.fixture
def warnings(tmp_path):
    def read(*people):
        for folder, words in (("messages", MESSAGES), ("schedules", SCHEDULES)):
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / "a.yaml").write_text(words, encoding="utf-8")
        rows = [
            f'  - {{id: p{n}, time_zone: Europe/London, sms: "+44791112345{n}", {p}}}' for n, p in enumerate(people)
        ]
        path = tmp_path / "recipients.yaml"
        path.write_text("\n".join(["recipients:", *rows, ""]), encoding="utf-8")
        reading = read_configuration(tmp_path, path, look_ahead=partial(note_year, now=utc("2026-11-25 12:00")))
        assert reading.catalog is not None
        return [(p.line, p.what, p.expected) for p in reading.problems if "SMS" in p.what]

    return read


def test_nothing_is_said_of_names_that_cost_nothing(warnings):
    assert warnings("name: Anna", "name: D’Arcy", "name: José", 'name: "O\u02bcNeill"') == []


def test_a_letter_that_costs_is_named(warnings):
    ((line, what, expected),) = warnings("name: Anna", "name: Łukasz")
    assert line == 3
    assert what == "1 of 2 texts take more SMS segments than promised for 'Łukasz' (up to 3)"
    assert expected.startswith("Ł (U+0141) is not in the SMS alphabet")


def test_many_are_said_in_one_line(warnings):
    ((_, what, _),) = warnings("name: Łukasz", "name: Zoë", "name: Zoë-Łucja")
    assert what.endswith(", and so for 2 more people")


def test_whoever_gets_email_costs_nothing(warnings):
    assert warnings("name: Łukasz, email: l@example.org, prefer: email") == []


@pytest.mark.parametrize(("language", "day"), [("en-GB", "Wednesday"), ("es", "miércoles"), ("pl", "poniedziałek")])
def test_texts_are_measured_with_the_names_that_days_have_in_their_language(language, day):
    assert samples(language)["weekday"] == day
