"""One sentence that says where help is: for a country, in a language, in letters that keep an SMS cheap."""

from datetime import date
from pathlib import Path

import pytest

from nudger.config.catalog import read_files
from nudger.config.crisis_lines import check_age, load_crisis_lines, read_crisis_lines
from nudger.config.findings import Findings
from nudger.domain import placeholders
from nudger.domain.crisis_lines import CrisisLine, crisis_line_for, overridden
from nudger.domain.legal_hours import country
from nudger.domain.sms_length import segments

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    return load_crisis_lines(tmp_path_factory.mktemp("empty"))


@pytest.mark.parametrize(
    ("place", "language", "sentence"),
    [
        ("US", "en", "If you need someone now: call or text 988."),
        ("US", "es", "Si necesitas a alguien ahora: llama al 988 y oprime 2 o manda AYUDA al 988."),
        ("US", "es-MX", "Si necesitas a alguien ahora: llama al 988 y oprime 2 o manda AYUDA al 988."),
        ("GB", "en", "If you need someone now: call 116 123 or text SHOUT to 85258."),
        ("IE", "en", "If you need someone now: call 116 123."),
        ("CA", "fr", "Besoin de parler maintenant? Appelez le 988 ou envoyez-y un SMS."),
        ("AU", "en-AU", "If you need someone now: call 13 11 14 or text 0477 13 11 14."),
        ("NZ", "en", "If you need someone now: call or text 1737."),
        ("MX", "es", "Si necesitas a alguien ahora: llama al 800 911 2000."),
        ("MX", "en", "If you need someone now: call 800 911 2000."),
        ("ES", "es", "Si necesitas a alguien ahora: llama al 024."),
        ("DE", "de", "Wenn du jetzt jemanden brauchst: Telefon 0800 1110111."),
        ("FR", "fr", "Besoin de parler maintenant? Appelez le 3114."),
        ("JP", "en", "If you need someone now: see findahelpline.com."),
        (None, "es", "Si necesitas a alguien ahora: mira findahelpline.com."),
        ("JP", "ja", "If you need someone now: see findahelpline.com."),
    ],
)
def test_the_shipped_lines(shipped, place, language, sentence):
    assert crisis_line_for(shipped, place, language) == sentence
    assert segments(sentence).encoding == "GSM-7"


def test_the_operators_own_sentence_comes_after_the_country_and_before_the_rest_of_the_world(shipped):
    assert crisis_line_for(shipped, "US", "en", operators="Ask us.").endswith("988.")
    assert crisis_line_for(shipped, "JP", "en", operators="Ask us.") == "Ask us."
    assert crisis_line_for((), "US", "en", operators="Ask us.") == "Ask us."
    assert crisis_line_for((), "US", "en") == ""


@pytest.mark.parametrize(
    ("place", "phone", "zone", "expected"),
    [
        ("MX", "+14135550123", "America/New_York", "MX"),
        ("US-MA", None, "Europe/Berlin", "US"),
        ("PR", None, "America/Puerto_Rico", "US"),
        (None, "+447700900123", "America/New_York", "GB"),
        (None, "+13055550123", "Europe/Madrid", "US"),
        (None, None, "America/Chicago", "US"),
        (None, None, "Europe/Madrid", None),
    ],
)
def test_the_country_is_the_stated_one_then_the_phones_then_the_zones(place, phone, zone, expected):
    assert country(place, phone, zone) == expected


def test_an_operators_file_replaces_a_whole_country_and_leaves_the_others(tmp_path):
    own = 'crisis_lines:\n- {country: GB, name: Ours, call: "0123", source: us, verified_on: unverified}\n'
    (tmp_path / "crisis_lines.yaml").write_text(own)
    lines = load_crisis_lines(tmp_path)
    assert crisis_line_for(lines, "GB", "en") == "If you need someone now: call 0123."
    assert crisis_line_for(lines, "US", "en").endswith("988.")


@pytest.mark.parametrize(
    ("verified", "today", "what"),
    [
        ("unverified", date(2026, 11, 25), "nobody has confirmed 'Ours'"),
        ("2025-11-01", date(2026, 11, 25), "'Ours' was last confirmed on 2025-11-01"),
        ("2026-11-01", date(2026, 11, 25), None),
    ],
)
def test_check_reminds_of_lines_that_nobody_confirmed_for_a_year(tmp_path, verified, today, what):
    own = f'crisis_lines:\n- {{country: GB, name: Ours, call: "0123", source: us, verified_on: {verified}}}\n'
    (tmp_path / "crisis_lines.yaml").write_text(own)
    findings = Findings()
    check_age(findings, read_crisis_lines(findings, tmp_path), today)
    assert [(problem.what, problem.warning) for problem in findings.problems] == ([(what, True)] if what else [])


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        ("{country: GB, name: a, source: b, verified_on: unverified}", "there is no way to reach it"),
        ("{country: UK1, name: a, call: '1737', source: b, verified_on: unverified}", "'UK1' is no country"),
        ("{country: GB, name: a, call: soon, source: b, verified_on: unverified}", "'soon' is no number to dial"),
        ("{country: GB, name: a, call: '1737', source: b, verified_on: never}", "'never' is no date"),
        ("{country: GB, name: a, call: '1737', source: b}", "'verified_on' is missing"),
    ],
)
def test_a_wrong_entry_is_named_with_its_place(tmp_path, entry, what):
    (tmp_path / "crisis_lines.yaml").write_text(f"crisis_lines:\n- {entry}\n")
    findings = Findings()
    read_crisis_lines(findings, tmp_path)
    (problem,) = findings.problems
    assert what in problem.what
    assert problem.line == 2


def test_lines_of_a_country_replace_the_shipped_ones_of_that_country():
    ours, theirs = CrisisLine(country="GB", name="ours"), CrisisLine(country="GB", name="theirs")
    other = CrisisLine(country="US", name="other")
    assert overridden([theirs, other], (ours,)) == (ours, other)


OPENINGS = ("If you need", "Si necesitas", "Wenn du", "Besoin de")


def test_every_shipped_text_with_a_crisis_line_opens_it_once_in_every_country(shipped):
    messages = [written.value for written in read_files(Findings(), ROOT).messages]
    texts = [
        (message, text)
        for message in messages
        for text in (message.sms, message.email and message.email.body)
        if text and "{crisis_line" in text
    ]
    assert len(texts) > 20
    for message, text in texts:
        for where in {line.country for line in shipped}:
            sentence = crisis_line_for(shipped, where, message.language)
            said = placeholders.parse(text).render({"crisis_line": sentence, "service": "nudger", "frequency": "notes"})
            assert sum(said.count(opening) for opening in OPENINGS) == 1, (message.key, where, said)
            assert said[: said.index(sentence)].rstrip()[-1:] in {"", ".", "?", "!"}, (message.key, said)
