"""The bench: planted mistakes are caught where they stand and by the right rule, and good words pass."""

import re
from datetime import date
from pathlib import Path

import pytest

from nudger.config.catalog import read_configuration, read_files
from nudger.config.findings import Findings
from nudger.config.report import as_text
from nudger.domain.vocabulary import Channel, Rule
from nudger.proofread import reading, words
from nudger.proofread.remarks import REMEDIES
from nudger.proofread.survey import survey
from nudger.proofread.words import note_remarks

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TODAY = date(2026, 11, 25)
_EXPECTED = re.compile(r"  # ([a-z -]+)$")


def write(tmp_path, text):
    (tmp_path / "messages").mkdir(exist_ok=True)
    (tmp_path / "schedules").mkdir(exist_ok=True)
    (tmp_path / "messages" / "m.yaml").write_text(text)
    return tmp_path


def look_over(tmp_path, text, today=TODAY):
    files = read_files(Findings(), write(tmp_path, text))
    return words.proofread(files.messages, today=today)


def expected(text):
    """Return (line, rule) for every rule behind a line."""
    found = set()
    for number, line in enumerate(text.splitlines(), 1):
        if match := _EXPECTED.search(line):
            found |= {(number, rule) for rule in match[1].split() if rule != "subject"}
    return found


@pytest.mark.parametrize("name", ["bad-en", "bad-es"])
def test_planted_mistakes_are_caught_where_they_stand_and_by_the_right_rule(tmp_path, name):
    text = (HERE / "library" / f"{name}.yaml").read_text()
    remarks = look_over(tmp_path, text)
    assert {(each.position.spot.node.start.line, each.rule.value) for each in remarks} == expected(text)


def test_there_are_many_of_them():
    bad = [expected((HERE / "library" / f"bad-{tongue}.yaml").read_text()) for tongue in ("en", "es")]
    assert sum(map(len, bad)) >= 45
    assert {rule for found in bad for _, rule in found} == set(Rule) - {Rule.READING_LEVEL}


@pytest.mark.parametrize(("name", "at_least"), [("good-en", 30), ("good-es", 15)])
def test_good_words_pass(tmp_path, name, at_least):
    text = (HERE / "library" / f"{name}.yaml").read_text()
    assert text.count("sms:") >= at_least
    assert look_over(tmp_path, text) == []


def test_every_rule_has_a_remedy_of_one_line():
    assert set(REMEDIES) == set(Rule)
    assert all("\n" not in remedy for remedy in REMEDIES.values())


HEAD = "library: x\nlanguage: {}\npurpose: {}\nmessages:\n- {{id: a, component: mindfulness, practice: mindfulness, sms: '{}'{}}}"


@pytest.mark.parametrize("purpose", ["welcome", "help", "pause", "resume", "farewell"])
def test_texts_about_the_service_may_name_the_words_of_phone_companies(tmp_path, purpose):
    words = "Reply STOP to stop."
    assert look_over(tmp_path, HEAD.format("en", purpose, words, "")) == []
    assert [r.rule for r in look_over(tmp_path, HEAD.format("en", "nudge", words, ""))] == [Rule.RESERVED_WORD]


@pytest.mark.parametrize(
    ("language", "purpose", "length", "fits"),
    [
        ("en", "nudge", 160, True),
        ("en", "nudge", 161, False),
        ("es", "nudge", 306, True),
        ("es", "nudge", 307, False),
        ("en", "pause", 306, True),
        ("en", "pause", 307, False),
        ("en", "welcome", 459, True),
        ("en", "welcome", 460, False),
        ("en", "help", 460, False),
    ],
)
def test_each_language_and_purpose_has_its_own_room(tmp_path, language, purpose, length, fits):
    remarks = look_over(tmp_path, HEAD.format(language, purpose, "x" * length, ""))
    assert [r.rule for r in remarks] == ([] if fits else [Rule.SMS_LENGTH])


@pytest.mark.parametrize(("length", "fits"), [(134 - 14, True), (134 - 13, False)])
def test_a_spanish_text_has_room_for_a_name_with_an_accent(tmp_path, length, fits):
    remarks = look_over(tmp_path, HEAD.format("es", "nudge", "{name|Hola}, " + "x" * length, ""))
    assert [r.rule for r in remarks] == ([] if fits else [Rule.SMS_LENGTH])


def test_letters_that_spanish_needs_are_no_mistake(tmp_path):
    assert look_over(tmp_path, HEAD.format("es", "nudge", "Un café más, y aquí está el sol.", "")) == []


@pytest.mark.parametrize(
    ("waived", "rules"), [("pressure", []), ("cheer", [Rule.PRESSURE])], ids=["this rule", "another rule"]
)
def test_a_message_may_waive_a_rule_with_a_reason(tmp_path, waived, rules):
    waiver = f", waive: [{{rule: {waived}, reason: a song says so}}]"
    remarks = look_over(tmp_path, HEAD.format("en", "nudge", "As the song has it, you must go on.", waiver))
    assert [r.rule for r in remarks] == rules


def test_a_rule_that_does_not_exist_cannot_be_waived(tmp_path):
    waiver = ", waive: [{rule: presure, reason: none}]"
    reading_ = read_configuration(write(tmp_path, HEAD.format("en", "nudge", "Fine.", waiver)))
    assert "'presure' is no rule" in as_text(reading_.problems, files=1)
    assert "Did you mean 'pressure'?" in as_text(reading_.problems, files=1)


def test_check_says_the_rule_and_points_to_the_piece(tmp_path):
    found = read_configuration(
        write(tmp_path, HEAD.format("en", "nudge", "Today you must rest.", "")), today=TODAY, proofread=note_remarks
    )
    (problem,) = [problem for problem in found.problems if "[pressure]" in problem.expected]
    assert problem.warning
    assert problem.source[problem.column - 1 :].startswith("you must")


def test_retired_messages_are_left_alone(tmp_path):
    retired = ", review: {state: retired}"
    assert look_over(tmp_path, HEAD.format("en", "nudge", "You must smile!", retired)) == []


def test_without_a_day_nothing_is_looked_over(tmp_path):
    assert not any(
        "[" in p.expected
        for p in read_configuration(write(tmp_path, HEAD.format("en", "nudge", "You must!", ""))).problems
    )


@pytest.fixture(scope="module")
def shipped():
    findings = Findings()
    files = read_files(findings, ROOT)
    assert findings.problems == ()
    return files


def test_shipped_words_have_nothing_against_them(shipped):
    assert words.proofread(shipped.messages, today=TODAY) == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_shipped_library_has_something_for_everything(shipped, language):
    found = survey(shipped.messages, [each.value for each in shipped.schedules], [], language=language, today=TODAY)
    (only,) = found.languages
    assert only.empty == []
    days = {supply.schedule: supply.days for supply in found.supplies if supply.days is not None}
    assert days.pop("check-ins") >= 30  # a question may come again sooner than an idea
    assert min(days.values()) >= 90
    assert {supply.schedule for supply in found.supplies if supply.sometimes} == {"after-a-low-day", "quiet-while"}
    assert all(message.value.speaks(channel) for message in shipped.messages for channel in Channel)


def test_shipped_words_are_easy_to_read(shipped):
    counter = reading.textstat()
    if counter is None:
        pytest.skip("textstat is not installed")
    hard = [reading.check(each, level) for each in shipped.messages if (level := reading.level(counter, each.value))]
    assert not any(hard)


def test_looking_over_the_shipped_library_takes_little_time(shipped, deadline):
    with deadline(0.4):  # a third of that on a quiet machine
        words.proofread(shipped.messages, today=TODAY)
