"""`nudger library`, as people and programs read it."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from nudger.cli import nudger

ROOT = Path(__file__).parents[2]


def run(*arguments):
    return CliRunner().invoke(nudger, ["--config", str(ROOT), "library", *arguments])


def count(language):
    """Return how many messages the shipped files hold in a language, by their ids alone."""
    texts = (path.read_text() for path in (ROOT / "messages").glob("*.yaml"))
    return sum(
        len(re.findall(r"^  - id:", text, re.MULTILINE)) for text in texts if f"\nlanguage: {language}\n" in text
    )


def test_it_shows_one_language_with_what_it_costs():
    result = run("--language", "es", "--sms-price", "0.01")
    assert result.exit_code == 0, result.output
    for words in (
        f"es: {count('es')} messages",
        "0 empty cells",
        "0 remarks",
        "each on average",
        "daily-mornings",
        "findahelpline",
    ):
        assert words in result.output
    assert "en: " not in result.output


def test_programs_get_it_as_json():
    found = json.loads(run("--format", "json").stdout)
    assert [each["language"] for each in found["languages"]] == ["en", "es"]
    assert all(each["empty_cells"] == [] and each["remarks"] == [] for each in found["languages"])
    assert {each["country"] for each in found["crisis_lines"]} >= {"US", "GB", "MX", "*"}


@pytest.mark.parametrize("price", ["-1", "much"])
def test_a_price_is_a_number(price):
    assert run("--sms-price", price).exit_code == 2
