"""Settings: where they come from, and what is said about wrong ones."""

from pathlib import Path

import pytest

from nudger.config.settings.read import Settings, load_settings
from nudger.domain.ledger_place import LedgerFile
from nudger.errors import SettingsError


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    for name in ("CREDENTIALS_DIRECTORY", "STATE_DIRECTORY", *(f"NUDGER_{n.upper()}" for n in Settings.model_fields)):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def load(tmp_path, monkeypatch):
    def load(env="", **variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        if env:
            (tmp_path / "nudger.env").write_text(env)
        return load_settings(config_dir=tmp_path)

    return load


def refusal(load, *args, **variables):
    with pytest.raises(SettingsError) as raised:
        load(*args, **variables)
    return str(raised.value)


def test_nothing_needs_to_be_set(load, tmp_path):
    settings = load()
    assert settings.config_dir == tmp_path
    assert settings.state == tmp_path / "var"
    assert settings.ledger_place == LedgerFile(path=tmp_path / "var" / "nudger.db")
    assert settings.recipients_file is None
    assert not settings.sends_sms
    assert not settings.sends_email


def test_the_environment_comes_before_the_file(load):
    settings = load("NUDGER_SERVICE_NAME=file\nNUDGER_CONTACT=a@example.org\n", NUDGER_SERVICE_NAME="environment")
    assert (settings.service_name, settings.contact) == ("environment", "a@example.org")


def test_a_blank_value_is_no_value(load):
    assert load("NUDGER_CONTACT=\nNUDGER_SMTP_PORT=\n").smtp_port == 587


def test_secrets_come_from_credentials_and_are_never_shown(load, tmp_path):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "nudger_smtp_password").write_text("canary\n")
    settings = load(
        CREDENTIALS_DIRECTORY=str(tmp_path / "secrets"),
        NUDGER_SMTP_HOST="mail.example.org",
        NUDGER_SMTP_USERNAME="u",
        NUDGER_EMAIL_FROM="a@example.org",
        NUDGER_DATABASE_URL="postgresql+psycopg://u:canary@db/x",
    )
    assert settings.smtp_password.get_secret_value() == "canary"
    assert "canary" not in repr(settings) + str(settings) + str(settings.model_dump())


def test_systemd_says_where_the_state_is(load, tmp_path):
    assert load(STATE_DIRECTORY="/var/lib/nudger:/var/lib/other").state == Path("/var/lib/nudger")


def test_people_are_found_beside_the_schedules_or_in_the_state(load, tmp_path):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "recipients.yaml").touch()
    assert load().recipients_file == tmp_path / "var" / "recipients.yaml"
    (tmp_path / "recipients.yaml").touch()
    assert load().recipients_file == tmp_path / "recipients.yaml"


def test_everything_wrong_is_said_at_once_and_no_value_of_it(load):
    text = refusal(
        load,
        "NUDGER_SMTP_HOTS=canary\n",
        NUDGER_SMTP_PORT="canary",
        NUDGER_LOG_FORMAT="canary",
        NUDGER_TWILO_FROM="canary",
    )
    assert "NUDGER_SMTP_HOTS is no setting of nudger. Did you mean NUDGER_SMTP_HOST?" in text
    assert "NUDGER_TWILO_FROM is no setting of nudger. Did you mean NUDGER_TWILIO_FROM?" in text
    assert "NUDGER_SMTP_PORT: a whole number is expected" in text
    assert "NUDGER_LOG_FORMAT" in text
    assert "canary" not in text


def test_half_a_provider_names_what_is_missing(load):
    text = refusal(load, NUDGER_TWILIO_ACCOUNT_SID="AC1", NUDGER_SMTP_HOST="mail.example.org")
    assert "NUDGER_TWILIO_AUTH_TOKEN and NUDGER_TWILIO_FROM missing beside NUDGER_TWILIO_ACCOUNT_SID" in text
    assert "NUDGER_EMAIL_FROM missing beside NUDGER_SMTP_HOST" in text


def test_mail_without_encryption_stays_on_this_machine(load):
    values = {"NUDGER_SMTP_SECURITY": "none", "NUDGER_EMAIL_FROM": "a@example.org"}
    assert load(**values, NUDGER_SMTP_HOST="localhost").sends_email
    assert "this machine only" in refusal(load, **values, NUDGER_SMTP_HOST="mail.example.org")


def test_a_settings_file_that_is_no_text_is_one_line(load, tmp_path):
    (tmp_path / "nudger.env").write_bytes(b"NUDGER_CONTACT=caf\xe9\n")
    assert "not UTF-8" in refusal(load)
