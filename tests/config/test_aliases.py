"""What people write for a country, a language, a channel or a zone, and what stands for nothing."""

import pytest

from nudger.config.values import aliases, scalars, zones
from nudger.config.values.zone_tables import country_names, yearly_offsets
from nudger.decisions.planning.public_holidays import known_regions


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[(text, "GB") for text in ("UK", "U.K.", "England", "united kingdom", "Great  Britain")],
        *[(text, "US") for text in ("USA", "U.S.A.", "America", "United States")],
        *[("Germany", "DE"), ("Österreich", "AT"), ("España", "ES"), ("Trinidad & Tobago", "TT"), ("Holland", "NL")],
        *[("Atlantis", None), ("", None), ("x" * 5000, None)],
    ],
)
def test_countries(text, code):
    assert aliases.country(text) == code


@pytest.mark.parametrize(
    ("text", "tag"), [("english", "en"), ("Español", "es"), ("Deutsch", "de"), ("eng", "en"), ("klingon", None)]
)
def test_languages(text, tag):
    assert aliases.language(text) == tag


@pytest.mark.parametrize(
    ("text", "channel"),
    [("text", "sms"), ("Text message", "sms"), ("phone", "sms"), ("E-Mail", "email"), ("mail", "email"), ("fax", None)],
)
def test_channels(text, channel):
    assert aliases.channel(text) == channel


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        *[(text, "America/New_York") for text in ("EST", "edt", "Eastern", "US/Eastern", "Boston", "America/Boston")],
        *[(text, "Europe/Berlin") for text in ("CET", "Europe/Munich", "München", "Germany")],
        *[("PST", "America/Los_Angeles"), ("Asia/Beijing", "Asia/Shanghai"), ("Kenya", "Africa/Nairobi")],
        *[("USA", None), ("Atlantis", None)],
    ],
)
def test_time_zones(text, zone):
    assert aliases.time_zone(text) == zone


def test_all_that_the_table_proposes_can_be_written():
    tables = aliases._tables()
    assert set(tables["countries"].values()) <= country_names().keys()
    assert set(tables["states of the USA"].values()) <= known_regions()
    assert set(tables["channels"].values()) == {"sms", "email"}
    for tag in set(tables["languages"].values()):
        assert scalars.language(tag) == tag
    for zone in set(tables["time zones"].values()):
        assert zones.time_zone(zone) == zone
        assert yearly_offsets(zone)


@pytest.mark.parametrize(
    "text", ["#N/A", "n/a", "#REF!", "#VALUE!", "null", "None", "nan", "NaN", "-", " — ", "?", "TBD"]
)
def test_what_stands_for_nothing(text):
    assert aliases.stands_for_nothing(text)


@pytest.mark.parametrize("text", ["Nan", "Na", "Anna", "D’Arcy", "Null Island", "X Æ", "李", "-ito", ""])
def test_what_may_be_a_name(text):
    assert not aliases.stands_for_nothing(text)
