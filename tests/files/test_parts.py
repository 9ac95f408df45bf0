"""The parts of reading: lengths of texts, settings, zones, schemas, and what a new installation gets."""

import json
import stat
import zoneinfo
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nudger.errors import NudgerError, SettingsError
from nudger.files import zones
from nudger.files.catalog import load_catalog, read_configuration
from nudger.files.people_csv import read_people
from nudger.files.schema import KINDS, json_schema
from nudger.files.settings import Settings, load_settings
from nudger.files.sms_length import segments
from nudger.files.starter import write_example_person, write_starter

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("GSM-7", 0, 1)),
        ("a" * 160, ("GSM-7", 160, 1)),
        ("a" * 161, ("GSM-7", 161, 2)),
        ("a" * 306, ("GSM-7", 306, 2)),
        ("a" * 307, ("GSM-7", 307, 3)),
        ("a" * 158 + "€", ("GSM-7", 160, 1)),
        ("a" * 159 + "€", ("GSM-7", 161, 2)),
        ("a" * 152 + "€" + "a" * 152, ("GSM-7", 306, 3)),  # the euro is not divided, and moves on whole
        ("{}[]^\\~|", ("GSM-7", 16, 1)),
        ("\u2019" + "a" * 69, ("UCS-2", 70, 1)),
        ("\u2019" + "a" * 70, ("UCS-2", 71, 2)),
        ("a" * 66 + "😀" + "a" * 66, ("UCS-2", 134, 3)),  # nor is an emoji
        ("ñ" * 160, ("GSM-7", 160, 1)),
        ("á" * 70, ("UCS-2", 70, 1)),
        ("a" * 152 + "\u2019", ("UCS-2", 153, 3)),
    ],
)
def test_an_sms_is_counted_as_carriers_do(text, expected):
    assert tuple(segments(text)) == expected


@pytest.fixture
def clean(monkeypatch):
    for name in ("STATE_DIRECTORY", "CREDENTIALS_DIRECTORY", *(f"NUDGER_{n.upper()}" for n in Settings.model_fields)):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_without_settings_nothing_real_is_sent(clean, tmp_path):
    settings = load_settings(config_dir=tmp_path)
    assert (settings.sends_sms, settings.sends_email) == (False, False)
    assert settings.state == tmp_path / "var"
    assert settings.recipients_file is None


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"NUDGER_TWILIO_ACCOUNT_SID": "AC1"}, ["NUDGER_TWILIO_AUTH_TOKEN", "NUDGER_TWILIO_FROM"]),
        ({"NUDGER_SMTP_HOST": "mail.example.org"}, ["NUDGER_EMAIL_FROM missing"]),
        ({"NUDGER_SMTP_PASSWORD": "s3cret"}, ["NUDGER_SMTP_USERNAME missing"]),
        ({"NUDGER_SMPT_HOST": "x"}, ["NUDGER_SMPT_HOST", "no setting"]),
        ({"NUDGER_SMTP_PORT": "s3cret", "NUDGER_LOG_LEVEL": "loud"}, ["NUDGER_SMTP_PORT", "NUDGER_LOG_LEVEL"]),
        (
            {
                "NUDGER_SMTP_HOST": "mail.example.org",
                "NUDGER_EMAIL_FROM": "a@example.org",
                "NUDGER_SMTP_SECURITY": "none",
            },
            ["this machine only"],
        ),
    ],
)
def test_wrong_settings_are_named_all_at_once_and_never_shown(clean, tmp_path, variables, words):
    for name, value in variables.items():
        clean.setenv(name, value)
    with pytest.raises(SettingsError) as trouble:
        load_settings(config_dir=tmp_path)
    assert all(word in str(trouble.value) for word in words)
    assert "s3cret" not in str(trouble.value)


def test_settings_come_from_the_file_the_environment_and_systemds_credentials(clean, tmp_path):
    (tmp_path / "nudger.env").write_text(
        "NUDGER_SERVICE_NAME=Small notes\nNUDGER_CONTACT=file@example.org\nNUDGER_SMTP_USERNAME=me\n"
    )
    (tmp_path / "creds").mkdir()
    (tmp_path / "creds" / "nudger_smtp_password").write_text("s3cret\n")
    clean.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "creds"))
    clean.setenv("NUDGER_CONTACT", "environment@example.org")
    clean.setenv("STATE_DIRECTORY", "/var/lib/nudger")
    settings = load_settings(config_dir=tmp_path)
    assert settings.service_name == "Small notes"
    assert settings.contact == "environment@example.org"
    assert settings.smtp_password.get_secret_value() == "s3cret"
    assert settings.state == Path("/var/lib/nudger")
    assert "s3cret" not in repr(settings)


def test_a_misspelt_line_of_the_file_is_named(clean, tmp_path):
    (tmp_path / "nudger.env").write_text("NUDGER_CONTCT=a@example.org\n")
    with pytest.raises(SettingsError, match="NUDGER_CONTCT"):
        load_settings(config_dir=tmp_path)


def test_the_newer_time_zone_rules_win(tmp_path):
    """With an older copy first on the path, Vancouver at 09:00 on 22 Nov 2026 would be 17:00Z."""
    before = zoneinfo.TZPATH
    (tmp_path / "tzdata.zi").write_text("# version 2025b\n")
    try:
        zoneinfo.reset_tzpath([str(tmp_path)])
        version, _ = zones.prefer_newest_time_zones()
        assert version >= "2026f"
        local = datetime(2026, 11, 22, 9, tzinfo=zoneinfo.ZoneInfo("America/Vancouver"))
        assert local.astimezone(UTC).hour == 16
    finally:
        zoneinfo.reset_tzpath(before)
        zones.prefer_newest_time_zones()


def test_names_of_zones_are_never_paths():
    names = zones.known_time_zones()
    assert "Europe/Berlin" in names
    assert not any(name.startswith(("/", ".", "posix/")) for name in names)


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_that_editors_read_is_the_one_of_the_code(kind):
    shipped = json.loads((ROOT / "nudger" / "files" / "schemas" / f"{kind}.json").read_text(encoding="utf-8"))
    assert shipped == json_schema(kind)


def test_a_new_installation_is_private_passes_check_and_points_editors_to_its_schemas(tmp_path):
    home = tmp_path / "home"
    write_starter(home, time_zone="Asia/Kolkata")
    assert load_catalog(home, home / "recipients.yaml").recipients[0].time_zone == "Asia/Kolkata"
    for name in ("recipients.yaml", "nudger.env"):
        assert stat.S_IMODE((home / name).stat().st_mode) == 0o600
    for path in [*home.glob("schedules/*.yaml"), *home.glob("messages/*.yaml"), home / "recipients.yaml"]:
        schema = path.read_text(encoding="utf-8").splitlines()[0].rpartition("$schema=")[2]
        assert (path.parent / schema).resolve().is_file()
    with pytest.raises(NudgerError):
        write_starter(home, time_zone="UTC")


def test_the_example_person_is_private_and_passes_check(tmp_path):
    write_example_person(tmp_path / "state" / "recipients.yaml", time_zone="Europe/Berlin")
    assert stat.S_IMODE((tmp_path / "state" / "recipients.yaml").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    reading = read_configuration(ROOT, tmp_path / "state" / "recipients.yaml")
    assert (len(reading.catalog.recipients), reading.problems) == (1, ())


def test_the_shipped_files_are_without_a_fault():
    reading = read_configuration(ROOT)
    assert reading.problems == ()
    assert len(reading.catalog.schedules) >= 8
    assert len(reading.catalog.messages) >= 80


def test_many_people_come_from_one_table(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("id,time_zone,email\n" + "".join(f"p{n},Europe/Berlin,p{n}@example.org\n" for n in range(3000)))
    people, problems = read_people(path)
    assert (len(people), list(problems)) == (3000, [])
