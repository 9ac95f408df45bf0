"""What placeholders stand for, in the person's language and country."""

from datetime import date

import pytest

from nudger.decisions.choosing.options import index_messages
from nudger.decisions.snapshot import OperatorWords, build_snapshot
from nudger.decisions.wording import MessageValues, occasions
from nudger.domain.catalog import Catalog
from nudger.domain.conditions import Test as Asked
from nudger.domain.crisis_lines import CrisisLine
from nudger.domain.vocabulary import Channel, Purpose
from tests.make import cron, make_message, make_recipient, make_schedule, utc

LINES = (
    CrisisLine(country="US", name="a", call="988", text="988", languages=("en",)),
    CrisisLine(country="US", name="b", call="988", then_press="2", languages=("es",)),
)


def values(schedules=(), lines=LINES, moment="2026-11-25 08:30", text=None, **person):
    words = OperatorWords(service="nudger", contact="us", crisis_line="Ask us.", crisis_lines=lines)
    catalog = Catalog(schedules=tuple(schedules), messages=(make_message(),))
    someone = make_recipient(**person)
    return MessageValues(
        build_snapshot(catalog, [someone], words=words, seed="s", installation="i"),
        someone,
        utc(moment),
        text or someone.language,
    )


@pytest.mark.parametrize(
    ("language", "often", "once", "never", "weekday", "part"),
    [
        ("en", "about 7 notes a week", "about one note a week", "a note now and then", "Wednesday", "morning"),
        ("es-MX", "unas 7 notas por semana", "una nota por semana", "una nota de vez en cuando", "miércoles", "mañana"),
        ("ja", "about 7 notes a week", "about one note a week", "a note now and then", "水曜日", "morning"),
    ],
)
def test_words_are_in_the_persons_language(language, often, once, never, weekday, part):
    weekly = make_schedule(recurrence=cron("30 8 * * 1"))
    assert values([make_schedule()], language=language).get("frequency") == often
    assert values([weekly], language=language).get("frequency") == once
    assert values(language=language).get("frequency") == never
    assert values(language=language).get("weekday") == weekday
    assert values(language=language).get("part_of_day") == part


@pytest.mark.parametrize(
    ("language", "days"),
    [
        ("en-GB", "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
        ("es-MX", "lunes martes miércoles jueves viernes sábado domingo"),
        ("de", "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag"),
        ("fr-CA", "lundi mardi mercredi jeudi vendredi samedi dimanche"),
        ("pl", "poniedziałek wtorek środa czwartek piątek sobota niedziela"),
        ("sr-Latn-RS", "ponedeljak utorak sreda četvrtak petak subota nedelja"),
        ("qqq-x", "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),  # no language, so English
    ],
)
def test_days_have_their_names_in_the_language_of_the_text(language, days):
    said = [values(moment=f"2026-11-{day} 12:00", language=language).get("weekday") for day in range(23, 30)]
    assert said == days.split()


def test_what_may_never_come_is_not_promised_and_what_may_be_left_out_is():
    low = Asked(variable="mood", below=4)
    weekly = {"recurrence": cron("30 8 * * 1")}
    schedules = [make_schedule("a", only_if=low), make_schedule("b", skip_if=low, **weekly)]
    assert values(schedules).get("frequency") == "about one note a week"


@pytest.mark.parametrize(
    ("person", "sentence"),
    [
        ({"region": "US-MA"}, "If you need someone now: call or text 988."),
        ({"region": "US", "language": "es"}, "Si necesitas a alguien ahora: llama al 988 y oprime 2."),
        ({"sms": "+447700900123"}, "Ask us."),
    ],
)
def test_the_crisis_line_is_that_of_the_persons_country(person, sentence):
    assert values(**person).get("crisis_line") == sentence


def test_a_text_in_another_language_than_the_persons_has_its_values_in_its_own():
    hello = values(text="en", language="es-MX", region="US")
    assert hello.get("crisis_line") == "If you need someone now: call 988 and press 2."  # where Spanish is spoken
    assert (hello.get("weekday"), hello.get("part_of_day")) == ("Wednesday", "morning")


def test_without_lines_the_operators_sentence_stands():
    assert values(lines=()).get("crisis_line") == "Ask us."


def test_occasions_are_counted_over_both_ends():
    person = make_recipient()
    assert occasions(make_schedule(at=["08:30", "12:00"]), person, date(2026, 11, 25), date(2026, 11, 26)) == 4
    assert occasions(make_schedule(recurrence=cron("30 8 * * *")), person, date(2026, 11, 25), date(2026, 11, 26)) == 2


@pytest.mark.parametrize(
    ("language", "tags", "said"),
    [
        ("fr", ("es", "en", "de"), "en"),
        ("fr", ("es", "en-GB"), "en-GB"),
        ("fr", ("es", "de"), "es"),
        ("es-MX", ("en", "es"), "es"),
    ],
)
def test_a_hello_is_in_the_persons_language_else_in_english_else_in_any(language, tags, said):
    hellos = [make_message(f"hello-{tag.lower()}", purpose=Purpose.WELCOME, language=tag) for tag in tags]
    found = index_messages(hellos).for_purpose(Purpose.WELCOME, language, Channel.EMAIL)
    assert found is not None
    assert found.language == said
