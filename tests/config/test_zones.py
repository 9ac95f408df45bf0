"""Which time zones there are, and whose rules for them are used."""

import zoneinfo
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import tzdata

from nudger.config.values.zones import doubt, known_time_zones, prefer_newest_time_zones


@pytest.fixture
def system_zones(tmp_path):
    """Make an own folder of system zones; put everything back afterwards."""
    before = zoneinfo.TZPATH

    def make(version):
        (tmp_path / "tzdata.zi").write_text(f"# version {version}\nR x 1\n")
        zoneinfo.reset_tzpath([str(tmp_path)])
        zoneinfo.ZoneInfo.clear_cache()
        return str(tmp_path)

    yield make
    zoneinfo.reset_tzpath(before)
    zoneinfo.ZoneInfo.clear_cache()


def test_an_older_system_copy_comes_second(system_zones):
    folder = system_zones("2025b")
    assert prefer_newest_time_zones() == (tzdata.IANA_VERSION, "the tzdata package")
    assert list(zoneinfo.TZPATH) == [str(Path(tzdata.__file__).parent / "zoneinfo"), folder]


def test_a_newer_system_copy_is_kept(system_zones):
    folder = system_zones("2099z")
    assert prefer_newest_time_zones() == ("2099z", folder)
    assert (folder,) == zoneinfo.TZPATH


def test_a_system_that_does_not_say_is_taken_for_older(system_zones):
    Path(system_zones("")).joinpath("tzdata.zi").unlink()
    assert prefer_newest_time_zones()[1] == "the tzdata package"


def test_asking_twice_changes_nothing(system_zones):
    system_zones("2025b")
    prefer_newest_time_zones()
    before = zoneinfo.TZPATH
    zone = zoneinfo.ZoneInfo("Europe/Berlin")
    assert prefer_newest_time_zones()[0] == tzdata.IANA_VERSION
    assert before == zoneinfo.TZPATH
    assert zoneinfo.ZoneInfo("Europe/Berlin") is zone


def test_zones_made_with_the_old_rules_are_forgotten(system_zones):
    folder = Path(system_zones("2025b")) / "America"
    folder.mkdir()
    (folder / "Vancouver").write_bytes((Path(tzdata.__file__).parent / "zoneinfo" / "Etc" / "UTC").read_bytes())
    noon = datetime(2026, 11, 22, 9)
    assert noon.replace(tzinfo=zoneinfo.ZoneInfo("America/Vancouver")).utcoffset() == timedelta(0)
    prefer_newest_time_zones()
    assert noon.replace(tzinfo=zoneinfo.ZoneInfo("America/Vancouver")).utcoffset() == timedelta(hours=-7)


def test_names_that_are_no_places_are_not_known():
    names = known_time_zones()
    assert {"America/New_York", "UTC", "Europe/Kyiv"} <= names
    assert not {"Factory", "localtime", "posixrules"} & names
    assert not [name for name in names if name.startswith(("posix/", "right/", "/", "."))]


def test_every_known_name_has_rules():
    for name in known_time_zones():
        zoneinfo.ZoneInfo(name)


@pytest.mark.parametrize(
    ("name", "place", "write"),
    [
        ("EST", None, "America/New_York"),
        ("EST", "US-MA", "America/New_York"),
        ("MST", None, "America/Denver or America/Phoenix (where there is none)"),
        ("MST", "US-CO", "America/Denver or America/Phoenix (where there is none)"),
        ("HST", None, "Pacific/Honolulu"),
        ("Etc/GMT+5", None, "America/New_York"),
        ("Etc/GMT+6", "US-TX", "America/Chicago"),
        ("Etc/GMT-1", "DE", "Europe/Berlin"),
        ("GMT", "GB", "Europe/London"),
        ("GMT", None, "Europe/London or Atlantic/Reykjavik (where there is none)"),
        ("UTC", "GB", "Europe/London"),
        ("Etc/GMT-5", "IN", "Asia/Kolkata"),
        ("UTC", "US-NY", "the name of the place, as in America/New_York"),
    ],
)
def test_an_offset_that_keeps_no_summer_time_is_doubted(name, place, write):
    found = doubt(name, place)
    assert found.what.startswith(f"'{name}' is ")
    assert found.what.endswith(" all year, without summer time")
    assert found.expected == f"Write {write}."


@pytest.mark.parametrize(
    ("name", "place"),
    [
        *[("America/New_York", "US-MA"), ("America/Phoenix", "US-AZ"), ("CET", "DE"), ("EST5EDT", "US-MA")],
        *[
            ("UTC", None),
            ("UTC", "IS"),
            ("GMT", "IS"),
            ("MST", "US-AZ"),
            ("HST", "US-HI"),
            ("Etc/GMT+5", "PE"),
            ("EST", "PA"),
        ],
    ],
)
def test_a_zone_that_is_right_there_is_not(name, place):
    assert doubt(name, place) is None
