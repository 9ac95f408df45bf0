"""What is valid and does not work: `check` lives the coming year, and says what never goes out, to whom, and why."""

from functools import partial

import pytest

from nudger.config.catalog import read_configuration
from nudger.config.checks.year import note_year
from nudger.config.starter import write_starter
from nudger.domain.vocabulary import RecipientId
from tests.make import make_recipient, utc

NOW = utc("2026-11-25 16:00")
WORDS = "[self-kindness, common-humanity, mindfulness]"


def library(name="kind", count=40, *, head="", more="", language="en"):
    entries = "".join(
        f"  - {{id: m{n:02}, component: mindfulness, practice: mindfulness, sms: Breathe., "
        f"email: {{subject: A breath, body: Breathe.}}{more}}}\n"
        for n in range(count)
    )
    return f"library: {name}\nlanguage: {language}\n{head}messages:\n{entries}"


def person(name="sam", more="", *, address="email: {}@example.org", joined="2026-11-01"):
    since = f", joined: {joined}" if joined else ""
    return f"  - {{id: {name}, time_zone: Europe/Berlin, {address.format(name)}{since}{', ' + more if more else ''}}}\n"


def schedule(name="morning", when='{at: "09:00"}', more="", to="everyone"):
    return f"  - {{id: {name}, to: {to}, when: {when}{', ' + more if more else ''}}}\n"


@pytest.fixture
def look(tmp_path):
    """Return what is said of a configuration: where (file, line, the source under the place), and what."""

    def read(*schedules, people=(), limits="", libraries=None, imported=(), real=False):
        for folder in ("schedules", "messages"):
            (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / "schedules" / "s.yaml").write_text("schedules:\n" + "".join(schedules))
        if limits:
            (tmp_path / "schedules" / "limits.yaml").write_text(f"limits: {limits}\n")
        for number, text in enumerate(libraries or [library()]):
            (tmp_path / "messages" / f"m{number}.yaml").write_text(text)
        path = tmp_path / "recipients.yaml" if people else None
        if path:
            path.write_text("recipients:\n" + "".join(people))
        reading = read_configuration(
            tmp_path, path, imported=imported, look_ahead=partial(note_year, now=NOW, real=real)
        )
        assert all(problem.warning for problem in reading.problems)
        return [f"{under(problem)}: {problem.what}. {problem.expected}".strip() for problem in reading.problems]

    return read


def under(problem):
    name = problem.file.rpartition("/")[2] or "messages/"
    return f"{name}:{problem.line}:{problem.source[problem.column - 1 : problem.column - 1 + problem.width]}"


NOBODY = "in the coming year nobody gets anything of 'morning': "
SAM = (person(),)


@pytest.mark.parametrize("people", [SAM, ()], ids=["somebody", "nobody yet"])
@pytest.mark.parametrize(
    ("given", "place", "why"),
    [
        (schedule(when='{at: "22:30"}'), '"22:30"', "always in quiet hours (21:00-08:00)"),
        (schedule(when='{at: "03:00"}', more="late: 1 hour"), '"03:00"', "always in quiet hours (21:00-08:00)"),
        (schedule(when='{between: ["03:00", "05:00"]}'), '["03:00", "05:00"]', "always in quiet hours"),
        (schedule(when='{cron: "30 2 * * *"}'), '"30 2 * * *"', "always in quiet hours"),
        (schedule(when='{at: "07:00"}', more="held: drop, late: 3 hours"), '"07:00"', "always in quiet hours"),
        (schedule(when='{at: "09:00", ends: 2025-01-01}'), "2025-01-01", "it ended on 1 January 2025"),
        (schedule(when='{at: "09:00", dates: 2024-12-24}'), "2024-12-24", "its last date was 24 December 2024"),
        (
            schedule(when='{at: "09:00", days: mon, except: [2026-01-01 to 2199-01-01]}'),
            "[2026-01-01 to 2199-01-01]",
            "every date of it is left out by 'except'",
        ),
        (
            schedule(when='{at: "09:00", days: sun, starts: 2028-01-01}'),
            "2028-01-01",
            "its first date is 2 January 2028",
        ),
        (schedule(when='{at: "09:00", days: weekdays}', more="only_if: {weekday: sun}"), "{weekday: sun}", "Sunday"),
        (schedule(more="only_if: {hour: {below: 6}}"), "{hour: {below: 6}}", "the hour is below 6"),
        (schedule(more="only_if: {part_of_day: night}"), "{part_of_day: night}", "it is night"),
        (schedule(more="skip_if: {part_of_day: morning}"), "{part_of_day: morning}", "that is always so"),
        (
            schedule(more="only_if: {all: [{mood: {below: 3}}, {mood: {above: 6}}]}"),
            "{all: [{mood: {below: 3}}, {mood: {above: 6}}]}",
            "its conditions contradict each other",
        ),
        (
            schedule(more="only_if: {since_reply: {above: 9 days}}, skip_if: {since_reply: {above: 7 days}}"),
            "{since_reply: {above: 9 days}}",
            "its conditions contradict each other",
        ),
        (
            schedule(more="only_if: {mood: {below: 3}}, skip_if: {mood: {below: 3}}"),
            "{mood: {below: 3}}",
            "'only_if' and 'skip_if' ask the same",
        ),
    ],
)
def test_what_never_goes_out_is_told_with_the_reason_where_it_lies(look, given, place, why, people):
    (said,) = look(given, people=people)
    assert said.startswith(f"s.yaml:2:{place}: {NOBODY}")
    assert why in said


def test_words_that_a_low_day_does_not_bear_are_no_answer_to_it(look):
    deep = library(more=", intensity: deep")
    (said,) = look(schedule(more="only_if: {mood: {below: 4, within: 1 day}}"), people=SAM, libraries=[deep])
    assert "no gentle en message fits (email, morning, a low day)" in said
    assert look(schedule(more="only_if: {mood: {above: 4, within: 1 day}}"), people=SAM, libraries=[deep]) == []
    assert look(schedule(more="only_if: {mood: {below: 4, within: 1 day}}"), people=SAM) == []


def test_deep_messages_have_no_place_in_a_programme_of_the_first_week(look):
    deep = library(more=", intensity: deep")
    (said,) = look(schedule(when='{at: "09:00", programme: [{days: 1-5}]}'), people=[person(joined="2026-11-25")],
                   libraries=[deep], limits="{gentle_first: 7 days}")  # fmt: skip
    assert "no gentle en message fits" in said


def test_a_part_of_the_day_without_words_is_told_at_windows_too(look):
    night = library(more=", part_of_day: [night]")
    (said,) = look(schedule(when='{between: ["09:00", "10:00"]}'), people=SAM, libraries=[night])
    assert "no en message fits (email, morning)" in said


def test_one_of_several_times_that_never_comes_is_told_at_that_time(look):
    (said,) = look(schedule(when='{at: ["09:00", "22:30"]}'), people=SAM, libraries=[library(count=70)])
    assert said.startswith(
        "s.yaml:2:\"22:30\": in the coming year nobody gets anything of 'morning' at this time: always"
    )


@pytest.mark.parametrize(
    "remedied",
    [
        schedule(when='{at: "22:30"}', more="late: 10 hours"),
        schedule(when='{at: "08:00"}'),
        schedule(when='{at: "20:59"}'),
    ],
)
def test_the_remedies_for_quiet_hours_work_when_followed(look, remedied):
    (said,) = look(schedule(when='{at: "22:30"}'), people=SAM)
    assert said.endswith("Give it a time from 08:00 on and before 21:00, or late: 10 hours, and it comes at 08:00.")
    assert look(remedied, people=SAM) == []


# People


def test_reversed_quiet_hours_are_told_at_the_person_with_the_hours_that_were_meant(look):
    (said,) = look(schedule(), people=[person(more="quiet_hours: 08:00-21:00"), person("kim")])
    assert said == (
        "recipients.yaml:2:08:00-21:00: in the coming year 'sam' gets nothing: always in their quiet hours "
        "(08:00-21:00). Nothing is sent in them: did you mean 21:00-08:00?"
    )
    assert look(schedule(), people=[person(more="quiet_hours: 21:00-08:00"), person("kim")]) == []


def test_whom_quiet_hours_and_the_law_leave_no_moment_is_told_as_much(look):
    texts = "quiet_hours: 08:00-21:00, prefer: sms, sms: '+14135550123'"
    told = look(schedule(), schedule("night", '{at: "20:30"}'), people=[person(more=texts), person("kim")])
    expected = (
        "recipients.yaml:2:08:00-21:00: in the coming year 'sam' gets nothing: always in their quiet hours "
        "(08:00-21:00) or outside legal hours 08:00-20:00 (US-MA). Nothing is sent in them: did you mean 21:00-08:00?"
    )
    assert told == [expected]


@pytest.mark.parametrize(
    ("more", "reasons"),
    [
        ("prefer: sms, sms: '+14135550123'", "legal hours 08:00-20:00 (US-MA)"),
        (
            "prefer: sms, sms: '+14135550123', groups: [late]",
            "legal hours 08:00-20:00 (US-MA) and quiet hours 21:00-08:00",
        ),
    ],
)
def test_who_gets_nothing_for_reasons_that_are_not_their_own_is_named(look, more, reasons):
    evening = schedule("evening", '{at: "20:30"}'), schedule("late", '{at: "22:30"}', to="{group: late}")
    owl = person("owl", more="quiet_hours: none, groups: [late]")
    told = look(*evening, people=[person(more=more), person("kim"), owl])
    assert [line for line in told if "'sam' gets nothing: " in line and reasons in line]


def test_those_of_some_who_never_get_something_are_named_and_counted(look):
    late = [person(f"p{n}", more="quiet_hours: 20:00-11:00") for n in range(15)]
    (said,) = look(schedule(), schedule("noon", '{at: "12:00"}'), people=[person(), *late])
    assert said.startswith(
        "s.yaml:2:\"09:00\": in the coming year 'p0', 'p1', 'p2' and 12 more get nothing of 'morning': always in quiet "
        "hours (20:00-11:00)"
    )


def test_whoever_no_schedule_is_for_gets_nothing(look):
    (said,) = look(schedule(to="{group: daily}"), people=[person(), person("kim", more="groups: [daily]")])
    assert "'sam' gets nothing: no schedule is for them. Put them in a group: daily." in said


def test_a_joining_date_ahead_is_told(look):
    (said,) = look(schedule(), people=[person(joined="2026-12-15")])
    assert said == "recipients.yaml:2:2026-12-15: 'sam' gets nothing before Tue 15 December 2026: they join then."
    (said,) = look(schedule(), people=[person(joined="2099-12-15")])
    assert "'sam' gets nothing: they join on 15 December 2099. Is the year right?" in said


def test_whoever_joined_where_it_is_tomorrow_already_is_no_newcomer_ahead(look):
    late = "time_zone: Pacific/Kiritimati"  # 06:00 on the 26th, there
    assert look(schedule(), people=[person(joined="2026-11-26").replace("time_zone: Europe/Berlin", late)]) == []
    assert look(schedule(), people=[person(joined="2026-11-26")]) != []


def test_many_joining_dates_are_told_in_few_lines(look):
    said = look(schedule(), people=[person(f"p{n}", joined=f"2026-12-{n:02}") for n in range(1, 30)])
    assert len(said) == 5
    assert said[-1].endswith("people join on 24 other days, too.")


def test_a_pause_without_end_is_told(look):
    (said,) = look(schedule(), people=[person(more="pause: until 2199-01-01")])
    assert "'sam' gets nothing: paused until 2199-01-01" in said


def test_without_a_joining_date_a_programme_begins_when_they_are_first_seen(look):
    (said,) = look(schedule(when='{at: "09:00", programme: [{days: 1-9}]}'), people=[person(joined="")])
    assert "For them it begins on the day they are first seen" in said


def test_a_schedule_by_sms_for_people_with_email_only(look):
    (said,) = look(schedule(more="channel: sms"), people=SAM)
    assert said.startswith(f"s.yaml:2:sms: {NOBODY}there is no address for sms")


def test_somebody_whose_language_has_no_words_in_a_library(look):
    clinic = library("clinic", 40, head="only_when_named: yes\n")
    spanish = library("otra", 40, language="es")
    given = schedule("series", '{at: "09:00"}', "send: {libraries: [clinic]}"), schedule()
    (said,) = look(*given, people=[person(more="language: es"), person("kim")], libraries=[library(), spanish, clinic])
    assert "'sam' gets nothing of 'series': no es message fits (email, morning)" in said


# Series


def test_a_programme_longer_than_its_series_runs_dry(look):
    clinic = library("clinic", 3, head="only_when_named: yes\n")
    given = schedule("course", '{at: "09:00", programme: [{weeks: 1-8}]}', "send: {libraries: [clinic], in_order: yes}")
    (said,) = look(given, people=SAM, libraries=[library(), clinic])
    assert "after 3 messages the series is at its end, on 28 November 2026 for whoever begins today" in said
    fits = given.replace("weeks: 1-8", "days: 1-3")
    assert look(fits, people=[person(joined="2026-11-25")], libraries=[library(), clinic]) == []


def test_a_series_that_is_over_before_its_dates_end_runs_dry(look):
    clinic = library("clinic", 5, head="only_when_named: yes\n")
    given = schedule("course", '{at: "09:00", days: mon}', "send: {libraries: [clinic], in_order: yes}")
    (said,) = look(given, people=SAM, libraries=[library(), clinic])
    assert "after 5 messages the series is at its end, on 28 December 2026" in said


def test_a_series_that_another_schedule_draws_from_is_told_with_what_keeps_them_apart(look):
    clinic = library("clinic", 3)
    given = schedule("course", '{at: "09:00", programme: [{days: 1-3}]}', "send: {libraries: [clinic], in_order: yes}")
    people = [person(joined="2026-11-25")]
    (said,) = look(given, schedule("noon", '{at: "12:00"}'), people=people, libraries=[library(), clinic])
    assert "'noon' draws messages of this series, too" in said
    assert said.endswith("Write only_when_named: yes at the head of the library clinic.")
    apart = library("clinic", 3, head="only_when_named: yes\n")
    assert look(given, schedule("noon", '{at: "12:00"}'), people=people, libraries=[library(), apart]) == []


def test_one_series_at_two_paces_for_different_people_is_no_leak(look):
    clinic = library("clinic", 8, head="only_when_named: yes\n")
    two = [
        schedule(group, f'{{at: "09:00", programme: [{{{days}}}]}}', "send: {libraries: [clinic], in_order: yes}",
                 to=f"{{group: {group}}}")
        for group, days in (("daily", "days: 1-8"), ("slowly", '"weeks": "1-8", "on": [mon]'))
    ]  # fmt: skip
    people = [person("a", "groups: [daily]", joined="2026-11-25"), person("b", "groups: [slowly]", joined="2026-11-25")]
    assert look(*two, people=people, libraries=[library(), clinic]) == []
    both = [*people, person("c", "groups: [daily, slowly]", joined="2026-11-25")]
    assert any("out of order" in said for said in look(*two, people=both, libraries=[library(), clinic]))


# Limits and conditions without effect


@pytest.mark.parametrize(
    ("everyone", "own", "key"),
    [
        ("{per_day: 1}", "{per_day: 5}", "5: this limit has no effect: everyone's is 1"),
        ("{per_week: 3}", "{per_week: 5}", "5: this limit has no effect: everyone's is 3"),
        ("{gap: 5 hours}", "{gap: 3 hours}", "3 hours: this limit has no effect: everyone's is longer"),
        ("", "{per_day: 2, gap: 20 hours}", "2: this limit has no effect: with such gaps no more than 1"),
        ("", "{per_day: 1, per_week: 7}", "7: this limit has no effect: 1 a day are no more than 7 in seven days"),
        ("", "{per_week: 9, gap: 23 hours}", "9: this limit has no effect"),
        ("{gap: 20 hours}", "{per_day: 2}", "2: this limit has no effect: with such gaps no more than 1"),
    ],
)
def test_a_persons_limit_that_something_stricter_keeps_already(look, everyone, own, key):
    said = look(schedule(when='{at: "09:00", days: mon}'), people=[person(more=f"limits: {own}")], limits=everyone)
    assert [each for each in said if each.startswith(f"recipients.yaml:2:{key}")]


@pytest.mark.parametrize(
    ("everyone", "own"),
    [
        ("{per_day: 2, per_week: 8, gap: 3 hours}", "{per_day: 1, per_week: 4}"),
        ("{per_day: 2}", "{per_day: 2, gap: 12 hours}"),
        ("", "{per_day: 3, gap: 5 hours}"),
        ("{per_day: 1}", "{gap: 20 hours}"),
    ],
)
def test_limits_with_an_effect_are_fine(look, everyone, own):
    assert (
        look(schedule(when='{at: "09:00", days: mon}'), people=[person(more=f"limits: {own}")], limits=everyone) == []
    )


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ("only_if: {weekday: [mon, tue, wed, thu, fri]}", "always holds on these days and times"),
        ("skip_if: {weekday: sun}", "never holds on these days and times"),
        ("skip_if: {hour: {above: 20}}", "never holds on these days and times"),
        ("skip_if: {all: [{mood: {below: 3}}, {mood: {above: 6}}]}", "no effect: it never holds"),
        ("only_if: {any: [{hour: {below: 12}}, {hour: {above: 11}}]}", "no effect: it always holds"),
        ("only_if: {not: {all: [{weekday: mon}, {weekday: tue}]}}", "no effect: it always holds"),
    ],
)
def test_a_condition_without_effect(look, more, place):
    (said,) = look(schedule(when='{at: "09:00", days: weekdays}', more=more), people=SAM)
    assert place in said


@pytest.mark.parametrize(
    "more",
    [
        "only_if: {mood: {below: 4, within: 1 day}}",
        "only_if: {any: [{mood: {below: 5}}, {mood: {above: 4}}]}",
        "only_if: {since_reply: {above: 30 days, below: 37 days}}",
        "only_if: {liked: [mindfulness]}, skip_if: {declined: [mindfulness]}",
        "skip_if: {sent_in_last: 3 hours}",
        "skip_if: {hard_day: yes}",
        "only_if: {weekday: [mon, tue]}",
        "only_if: {mood_trend: falling}",
        "only_if: {mood: {below: 4}}, skip_if: {mood: {below: 2}}",
        "only_if: {days_since_joined: {below: 60}}",
        "only_if: {days_since_joined: {above: 300}}",
        "only_if: {season: summer}",
    ],
)
def test_a_condition_that_may_hold_is_fine(look, more):
    assert look(schedule(when='{at: "09:00", days: weekdays}', more=more), people=SAM) == []
    assert look(schedule(when='{at: "09:00", days: weekdays}', more=more)) == []


def test_conditions_of_messages_that_contradict_each_other(look):
    odd = library("odd", 1, more=", only_if: {all: [{mood: {below: 3}}, {mood: {above: 6}}]}")
    (said,) = look(schedule(), people=SAM, libraries=[library(), odd])
    assert "this message is never chosen: its conditions contradict each other" in said


# What limits keep back


def test_what_limits_always_hold_back_is_told(look):
    first, second = schedule("first", more="priority: high"), schedule("second", '{at: "10:00"}')
    (said,) = look(first, second, people=SAM, limits="{per_day: 1}")
    assert "nobody gets anything of 'second': always held back, at most 1 a day" in said


def test_limits_that_keep_back_much_of_what_is_meant_for_somebody_are_told_once(look):
    given = [schedule(f"s{n}", f'{{at: "{9 + n:02}:00", days: [mon, wed]}}', to="{group: busy}") for n in range(4)]
    people = [person("sam", "groups: [busy]"), person("kim", "groups: [busy], language: en-GB"), person("lee")]
    (said,) = look(*given, schedule("weekly", '{at: "12:00", days: sun}'), people=people, limits="{per_week: 5}")
    assert said.startswith("limits.yaml:1:limits: limits hold back ")
    assert "nudges that schedules have for" in said


# Groups


def test_an_empty_group_is_fine_and_one_person_in_one_group_changes_nothing(tmp_path):
    write_starter(tmp_path, time_zone="Europe/Berlin")
    path = tmp_path / "recipients.yaml"
    for groups in ("", "groups: [daily]", "groups: [journal, weekend]"):
        path.write_text("recipients:\n" + person(more=groups))
        assert read_configuration(tmp_path, path, look_ahead=partial(note_year, now=NOW)).problems == ()


@pytest.mark.parametrize(
    ("groups", "theirs", "meant"),
    [
        (["daily"], "dayly", "daily"),
        (["weekend", "weekends"], "weekend", "weekends"),
        (["group-a", "group-b"], "group-a", ""),
        (["week1", "week2"], "week1", ""),
        (["daily", "journal"], "daily", ""),
    ],
)
def test_a_group_that_was_meant_otherwise_is_told_and_no_other(look, groups, theirs, meant):
    given = [schedule(f"s{n}", to=f"{{group: {group}}}") for n, group in enumerate(groups)]
    said = look(*given, schedule("all"), people=[person(more=f"groups: [{theirs}]")])
    told = [each for each in said if "nobody in recipients.yaml is in the group" in each]
    place = f"s.yaml:{2 + groups.index(meant)}:{meant}" if meant else ""
    hint = f"Did you mean '{theirs}'?"
    assert told == ([f"{place}: nobody in recipients.yaml is in the group '{meant}'. {hint}"] if meant else [])


def test_imported_people_are_people(look):
    imported = [make_recipient(f"i{n}", groups=frozenset({"daily"}), language="en") for n in range(3)]
    assert look(schedule(to="{group: daily}"), schedule("all"), people=SAM, imported=imported) == []
    (said,) = look(schedule(to="{group: daily}"), people=[person(more="groups: [daily]")],
                   imported=[make_recipient(RecipientId("zoe"))])  # fmt: skip
    assert said.startswith("imported people:0:")
    assert "'zoe' gets nothing: no schedule is for them" in said


# Words


def test_words_used_up_within_a_day_and_in_days_that_limits_allow(look):
    every = schedule(when='{cron: "0 9-20 * * *"}')
    assert any("the 11 messages that fit are used up within a day" in s
               for s in look(every, people=SAM, libraries=[library(count=11)]))  # fmt: skip
    assert any("the 11 messages that fit are used up in 5 days" in s
               for s in look(every, people=SAM, libraries=[library(count=11)], limits="{per_day: 2}"))  # fmt: skip


def test_drafts_that_would_go_to_people_are_one_line_and_only_where_something_sends(look):
    drafts = library("otra", 40, language="es", more=", review: {state: draft}")
    people = [person(more="language: es-MX"), person("kim", more="language: es"), person("lee")]
    (said,) = look(schedule(), people=people, libraries=[library(), drafts], real=True)
    assert "40 draft messages in es would go to 2 people" in said
    assert look(schedule(), people=people, libraries=[library(), drafts]) == []
    assert look(schedule(), people=[person()], libraries=[library(), drafts], real=True) == []


def test_who_joins_today_where_they_are_does_not_join_later(look):
    """At 16:00 UTC it is tomorrow in Tokyo."""
    tokyo = person(joined="2026-11-26").replace("Europe/Berlin", "Asia/Tokyo")
    assert look(schedule(), people=[tokyo], libraries=[library(count=70)]) == []
    assert "they join then" in look(schedule(), people=[person(joined="2026-11-26")], libraries=[library(count=70)])[0]
