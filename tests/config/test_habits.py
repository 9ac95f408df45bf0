"""What people bring along from other programs, countries and spreadsheets, and what `nudger check` says to it."""

import pytest

from nudger.config.flaws import Flaw
from nudger.config.tables.columns import changed_by_spreadsheet, shaped
from nudger.config.values.loose import without_zone
from nudger.config.values.texts import name, supporter
from nudger.proofread.raw import pieces
from tests.config.test_first_mistakes import first_of

WHEN = "{days: weekdays, at: morning}"
SMS = "sms: Breathe."


def said(folder, when):
    return first_of(folder, "schedules/ours.yaml", (WHEN, when))


@pytest.mark.parametrize(
    ("days", "remedy"),
    [
        ("Mo-Fr", "Write weekdays."),
        ("last day of the month", "Write dates: [last] in place of `days`."),
        ("1st of month", "Write dates: [1] in place of `days`."),
        ("the 15th of each month", "Write dates: [15] in place of `days`."),
        ("not sunday", "Write [mon, tue, wed, thu, fri, sat]."),
        ("every day except sat and sun", "Write [mon, tue, wed, thu, fri]."),
        ("all but mon-tue", "Write [wed, thu, fri, sat, sun]."),
        ("lst monday", "Did you mean 'last monday'?"),
        ('"1,3,5"', "Write a list of the days' names, as in [mon, wed]."),
    ],
)
def test_days_that_are_said_otherwise(tmp_path, days, remedy):
    assert said(tmp_path, f"{{days: {days}, at: morning}}").endswith(remedy)


@pytest.mark.parametrize(
    ("at", "remedy"),
    [
        ("08:30+01:00", 'Write "08:30": each person has their own clock'),
        ("08:30 Europe/Berlin", 'Write "08:30": each person has their own clock'),
        ("8:30 am EST", 'Write "08:30": each person has their own clock'),
        ("morning, evening", "Write a list: [morning, evening]."),
        ("9:00+17:00", 'Write a list: ["09:00", "17:00"].'),
        ("9-11", 'Write between: ["09:00", "11:00"] in place of `at`.'),
    ],
)
def test_times_that_are_said_otherwise(tmp_path, at, remedy):
    assert remedy in said(tmp_path, f'{{days: weekdays, at: "{at}"}}')


@pytest.mark.parametrize("text", ["8:30 daily", "9.30 Uhr", "20h", "09:00-11:00", "8:30 am", "+01:00", "Z"])
def test_a_time_without_a_zone_has_none(text):
    assert without_zone(text) == ""


@pytest.mark.parametrize(
    ("more", "remedy"),
    [
        ("starts: 1.12.2026", "Write 2026-12-01 (year-month-day)."),
        ("starts: 2026-12-01T09:00", "Write 2026-12-01 (year-month-day)."),
        ("dates: 1-7, days: mon", "Month first: write 01-07 for 7 January."),
        ("ends: 01/12/2026", "Write year-month-day, as in 2026-01-05."),
    ],
)
def test_dates_that_are_said_otherwise(tmp_path, more, remedy):
    assert said(tmp_path, f"{{at: morning, {more}}}").endswith(remedy)


@pytest.mark.parametrize(
    ("cron", "remedy"),
    [
        ("0 0 9 * * *", 'Write "0 9 * * *".'),
        ("0 0 9 ? * MON", 'Write "0 9 * * MON".'),
        ("0 9 * * ? *", 'Write "0 9 * * *".'),
        ("15 0 9 * * *", "weekday."),
    ],
)
def test_a_cron_expression_of_six_fields(tmp_path, cron, remedy):
    assert said(tmp_path, f'{{cron: "{cron}"}}').endswith(remedy)


@pytest.mark.parametrize(
    ("text", "piece", "remedy"),
    [
        ("Hi [Recipient's Name], breathe.", "[Recipient's Name]", "Write {name|friend}."),
        ("Best, [insert name here]", "[insert name here]", "the words themselves"),
        ("Hi ｛name｝, breathe.", "｛name｝", "Write {name|friend}."),
        ("Hi @name, breathe.", "@name", "Write {name|friend}."),
        ("Hi ${name|you}, breathe.", "${name|you}", "Write {name|you}."),
        ("Hi #{name|you}, breathe.", "#{name|you}", "Write {name|you}."),
        ("Dear %s, breathe.", "%s", "Write {name|friend}"),
        ("Hallo ____, atme.", "____", "Write {name|friend}."),
        ("TBD", "TBD", "Write the words"),
        ("Lorem ipsum dolor.", "Lorem ipsum dolor", "Write the words"),
        ("Itâ€™s fine.", "â€™", "Write ’."),
        ("Un cafÃ© más.", "Ã©", "Write é."),
    ],
)
def test_what_other_programs_fill_in_and_what_was_never_written(text, piece, remedy):
    (found,) = pieces(text)
    assert (found.text, remedy in found.remedy) == (piece, True)


@pytest.mark.parametrize(
    "text",
    [
        *("Sit [or stand], and breathe. Name <3 things.", "Put $5 aside. 50% of a thing.", "Tea @ 9."),
        *("Today I felt ____. Write one word.", "Say your name (quietly).", "À côté, ça va; «là», très bien…"),
        *("Écoute: «ça va déjà» – ÂGE, PÂQUES", "100 %so to say", "#{tag} stays", "Write to me@name.example."),
    ],
)
def test_ordinary_words_are_left_alone(text):
    assert pieces(text) == []


@pytest.mark.parametrize(
    ("mistake", "place"),
    [
        ("sms: {name|friend}, breathe.", "6:10: a text that starts with '{' needs quotes."),
        ("sms: | Breathe.", "6:10: nothing may follow '|' on its line. Start the text on the next line"),
        ("sms: '{name||friend}'", "6:11: '{name||friend}' has more than one '|'"),
        ("sms = Breathe.", "6:8: there is no ':' after 'sms'. Write 'sms: Breathe.'."),
    ],
)
def test_a_text_that_yaml_takes_for_something_else(tmp_path, mistake, place):
    assert first_of(tmp_path, "messages/kind.yaml", (SMS, mistake)).startswith(place)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (("schedules:", "```yaml\nschedules:"), "1:1: '```' belongs to Markdown, not to YAML. Delete the line."),
        (("  - id", "<<<<<<< HEAD\n  - id"), "2:1: a merge was left unfinished here."),
        (("  - id", "  • id"), "2:3: '•' begins no entry of a list. Write '- '."),
        (("  - id", "  * id"), "2:3: '*' begins no entry of a list. Write '- '."),
        ((WHEN, '{days: [mon, tue, at: "09:00"}'), "4:18: the '[' that opens here is never closed. Write ]"),
        (("schedules:\n", "recipients:\n"), "1:1: a file of schedules does not begin with 'recipients'. Put"),
    ],
)
def test_what_came_into_a_file_from_elsewhere(tmp_path, change, place):
    assert first_of(tmp_path, "schedules/ours.yaml", change).startswith(place)


@pytest.mark.parametrize(
    ("place", "remedy"),
    [
        ("Georgia", "Write GE for the country, or US-GA for the state."),
        ("USA-CA", "Write US-CA."),
        ("UK-SCT", "Write GB-SCT."),
        ("CHE", "Write CH."),
        ("US-XX", "Write US, if you mean the whole country."),
    ],
)
def test_places_that_are_said_otherwise(tmp_path, place, remedy):
    assert first_of(tmp_path, "recipients.yaml", ("name: Sam", f"name: Sam\n    place: {place}")).endswith(remedy)


@pytest.mark.parametrize("text", ["sam@example.org", "+49 170 1234567", "ZoÃ«", "#¡REF!", "s/d"])
def test_what_is_no_name(text):
    with pytest.raises(Flaw, match="is no name") as caught:
        name(text, 80)
    assert "sam@" not in caught.value.what


@pytest.mark.parametrize("text", ["yes", "no", "true", "sí"])
def test_yes_says_not_who_the_supporter_is(text):
    with pytest.raises(Flaw, match="says not who it is"):
        supporter(text, 80)
    assert supporter("my sister Ana", 80) == "my sister Ana"


@pytest.mark.parametrize(
    ("hard_day", "headline"),
    [
        ("2019-11-03", "this day is over, and never comes again"),
        ("02-29", "three years of four have no 29 February"),
        ("11-03", ""),
        ("2027-11-03", ""),
    ],
)
def test_a_hard_day_that_never_comes(tmp_path, hard_day, headline):
    change = ("name: Sam", f"name: Sam\n    hard_days: [{{date: {hard_day}, then: hold}}]")
    assert (headline or "nothing") in (first_of(tmp_path, "recipients.yaml", change) or "nothing")


@pytest.mark.parametrize("cell", ["daily, mornings", "daily;mornings", "daily|mornings", "daily mornings"])
def test_several_groups_in_one_cell(cell):
    assert shaped({"groups": cell}) == {"groups": ("daily", "mornings")}


@pytest.mark.parametrize(
    ("column", "cell", "what"),
    [
        ("sms", "#######", "too narrow"),
        ("joined", "########", "too narrow"),
        ("sms", '="+4917012345678"', "formula"),
        ("id", "1.0", "made a number"),
        ("per_day", "2.0", "made a number"),
    ],
)
def test_what_spreadsheets_do_to_a_cell(column, cell, what):
    flaw = changed_by_spreadsheet(column, cell)
    assert flaw is not None
    assert what in flaw.what
    assert "+4917" not in flaw.what + flaw.expected
