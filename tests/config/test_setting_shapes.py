"""What each setting may look like, what combinations are refused, and that check and run hear the same."""

import os

import pytest

from nudger.config.flaws import Flaw
from nudger.config.settings import shapes
from nudger.config.settings.look import look_at_settings
from nudger.config.settings.read import Settings, load_settings, read_settings
from nudger.errors import SettingsError
from tests.make import make_recipient

MAIL = {"NUDGER_SMTP_HOST": "smtp.example.org", "NUDGER_EMAIL_FROM": "a@example.org", "NUDGER_CONTACT": "a@example.org"}
TWILIO = {
    "NUDGER_TWILIO_ACCOUNT_SID": "AC" + "a" * 32,
    "NUDGER_TWILIO_AUTH_TOKEN": "0" * 32,
    "NUDGER_TWILIO_FROM": "+15005550006",
    "NUDGER_CONTACT": "a@example.org",
}


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    for name in [name for name in os.environ if name.upper().startswith("NUDGER_")]:
        monkeypatch.delenv(name)
    for name in ("CREDENTIALS_DIRECTORY", "STATE_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def said(tmp_path, monkeypatch):
    """What is said of variables: errors and warnings, one line each."""

    def said(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return [problem.headline() for problem in read_settings(tmp_path).problems]

    return said


@pytest.mark.parametrize(
    ("shape", "written", "read"),
    [
        (shapes.host, "smtp.example.org", "smtp.example.org"),
        (shapes.host, "mail_relay", "mail_relay"),
        (shapes.host, "[::1]", "::1"),
        (shapes.host, "192.0.2.1", "192.0.2.1"),
        (shapes.host, "smtp.bücher.example", "smtp.xn--bcher-kva.example"),
        (shapes.port, " 587 ", 587),
        (shapes.sender, "a@example.org", "a@example.org"),
        (shapes.sender, "root@localhost", "root@localhost"),
        (shapes.sender, "Small notes <a@example.org>", "Small notes <a@example.org>"),
        (shapes.sender, '"Notes, small" <a@example.org>', '"Notes, small" <a@example.org>'),
        (shapes.sender, "Notes <a@bücher.example>", "Notes <a@xn--bcher-kva.example>"),
        (shapes.sms_sender, "+14135550123", "+14135550123"),
        (shapes.sms_sender, "MG" + "a" * 32, "MG" + "a" * 32),
        (shapes.sms_sender, "54321", "54321"),
        (shapes.sms_sender, "Kind Notes", "Kind Notes"),
        (shapes.base_url, "https://api.example.org/", "https://api.example.org"),
        (shapes.base_url, "http://127.0.0.1:4150", "http://127.0.0.1:4150"),
        (shapes.base_url, "http://[::1]:4150/twilio", "http://[::1]:4150/twilio"),
        (shapes.contact, "notes@example.org", "notes@example.org"),
        (shapes.contact, "Sam at the front desk", "Sam at the front desk"),
    ],
)
def test_what_is_right_is_taken(shape, written, read):
    assert shape(written) == read


@pytest.mark.parametrize(
    ("shape", "written", "what"),
    [
        (shapes.host, "smtp.example.org:587", "the port has a setting of its own"),
        (shapes.host, "https://smtp.example.org", "this is a web address"),
        (shapes.host, "smtp.example.org.", "the name ends with a dot"),
        (shapes.host, "smtp example org", "this is no name of a server"),
        (shapes.host, "user@smtp.example.org", "this is no name of a server"),
        (shapes.host, "smtp.example.org/", "this is no name of a server"),
        (shapes.host, "[:::]", "this is no name of a server"),
        (shapes.host, "1.2.3.4.5", "this is no name of a server"),
        (shapes.host, "smtp..org", "this is no name of a server"),
        (shapes.port, "abc", "a whole number is expected"),
        (shapes.port, "smtps", "a whole number is expected"),
        (shapes.port, "0", "there is no such port"),
        (shapes.port, "9" * 5000, "there is no such port"),
        (shapes.port, "٣", "a whole number is expected"),
        (shapes.sender, "notes", "there is no e-mail address in it"),
        (shapes.sender, "Small notes a@example.org", "this is no e-mail address"),
        (shapes.sender, "Notes <a@example.org", "this is neither an address nor"),
        (shapes.sender, "nötes@example.org", "before the @"),
        (shapes.sms_sender, "4135550123", "the number has no plus"),
        (shapes.sms_sender, "+1 (413) 555-0123", "there is more than digits"),
        (shapes.sms_sender, "+1", "there is no such number"),
        (shapes.sms_sender, "MG123456789012", "this is no messaging service"),
        (shapes.sms_sender, "PN" + "a" * 32, "a SID that begins with PN cannot send"),
        (shapes.sms_sender, "whatsapp:+14135550123", "only SMS can be sent"),
        (shapes.sms_sender, "A name that is too long", "this can send no SMS"),
        (shapes.account_sid, "SK" + "a" * 32, "this is the SID of an API key"),
        (shapes.account_sid, "SK00", "this is the SID of an API key"),
        (shapes.account_sid, "AC" + "a" * 31, "this has 33 characters"),
        (shapes.account_sid, "AC" + "g" * 32, "this is no account SID"),
        (shapes.base_url, "api.example.org", "this is no web address"),
        (shapes.base_url, "http://api.example.org", "http:// would send the token"),
        (shapes.base_url, "https://u:p@api.example.org", "this holds more than an address"),
        (shapes.base_url, "https://api.example.org?x=1", "this holds more than an address"),
        (shapes.base_url, "https://api.twilio.com/2010-04-01", "the version of the API"),
        (shapes.contact, "mailto:a@example.org", "this is a link"),
        (shapes.path, "~/nudges", "~ is no folder here"),
        (shapes.path, "${HOME}/nudges", "nothing is filled in"),
        (shapes.path, "x" * 300, "a name in this path is longer"),
        (shapes.one_line, "a\nb", "it holds U+000A"),
        (shapes.one_line, "a\udcffb", "it is no text in UTF-8"),
        (shapes.one_line, "x" * 3000, "it has 3,000 characters"),
    ],
)
def test_what_is_wrong_is_said_in_our_words(shape, written, what):
    with pytest.raises(Flaw) as flaw:
        shape(written)
    assert flaw.value.what.startswith(what)
    assert flaw.value.expected


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("LOG_LEVEL", "INFO", "info"),
        ("LOG_FORMAT", " Json ", "json"),
        ("SMTP_SECURITY", "STARTTLS", "starttls"),
    ],
)
def test_capitals_are_no_mistake(said, tmp_path, name, value, read):
    said(**MAIL, **{f"NUDGER_{name}": value})
    assert getattr(load_settings(config_dir=tmp_path), name.lower()) == read


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        (MAIL | {"NUDGER_SMTP_SECURITY": "ssl"}, "NUDGER_SMTP_SECURITY: this is none of the words for it. Did you mean tls?"),
        (MAIL | {"NUDGER_LOG_LEVEL": "warn"}, "Did you mean warning? Write debug, info, warning or error."),
        (MAIL | {"NUDGER_SMTP_PORT": "465", "NUDGER_SMTP_SECURITY": "starttls"}, "Write NUDGER_SMTP_SECURITY=tls, or"),
        (MAIL | {"NUDGER_SMTP_SECURITY": "tls"}, "warning: on port 587 servers begin without TLS"),
        (MAIL | {"NUDGER_CONTACT": ""}, "mail without NUDGER_CONTACT says to nobody how to stop it"),
        (MAIL | {"NUDGER_CONTACT": "call us"}, "warning: NUDGER_CONTACT is no e-mail address"),
        (MAIL | {"NUDGER_CONTACT": "", "NUDGER_SMTP_HOST": "localhost"}, "warning: mail without NUDGER_CONTACT"),
        (TWILIO | {"NUDGER_CONTACT": ""}, "warning: whoever gets texts is not told whom to ask"),
        (MAIL | {"NUDGER_SMTP_PASSWORD": "x"}, "NUDGER_SMTP_USERNAME missing beside NUDGER_SMTP_PASSWORD"),
        (MAIL | {"NUDGER_SMTP_USERNAME": "x"}, "NUDGER_SMTP_PASSWORD missing beside NUDGER_SMTP_USERNAME"),
        (MAIL | {"NUDGER_EMAIL_FROM": ""}, "NUDGER_EMAIL_FROM missing beside NUDGER_SMTP_HOST"),
        ({"NUDGER_SMTP_PORT": "25"}, "warning: NUDGER_SMTP_PORT has no effect without NUDGER_SMTP_HOST"),
        (TWILIO | {"NUDGER_TWILIO_FROM": "Kind Notes"}, "warning: nobody can answer a text from a name"),
        (TWILIO | {"NUDGER_TWILIO_ACCOUNT_SID": "SK00"}, "this is the SID of an API key, and the account's is wanted"),
        ({"NUDGER_STATE_DIR": "/dev/null"}, "NUDGER_STATE_DIR: this is no folder"),
        (MAIL | {"NUDGER_SMTP_CA_FILE": "/nowhere"}, "NUDGER_SMTP_CA_FILE: this file cannot be read"),
        ({"NUDGER_DATABASE_URL": "garbage"}, "NUDGER_DATABASE_URL: a database URL is expected"),
        ({"NUDGER_SERVICE_NAME": "a\udcff"}, "NUDGER_SERVICE_NAME: it is no text in UTF-8"),
        ({"NUDGER_SMPT_HOST": "x"}, "NUDGER_SMPT_HOST is no setting of nudger. Did you mean NUDGER_SMTP_HOST?"),
        ({"NUDGER_SMTP_USER": "x"}, "Did you mean NUDGER_SMTP_USERNAME?"),
        ({"NUDGER_TWILIO_PHONE_NUMBER": "x"}, "Did you mean NUDGER_TWILIO_FROM?"),
        ({"NUDGER_FOO": "x"}, "NUDGER_FOO is no setting of nudger. `nudger init DIR` writes a list"),
        ({"NUDGER_TZ": "x"}, "Each person has a time_zone of their own"),
    ],
)  # fmt: skip
def test_it_is_named(said, variables, line):
    lines = said(**variables)
    assert any(line in each for each in lines), lines


@pytest.mark.parametrize("variables", [MAIL, TWILIO, MAIL | {"NUDGER_SMTP_PORT": "465"}, MAIL | TWILIO, {}])
def test_what_is_right_is_not_remarked_on(said, variables):
    assert said(**variables) == []


def test_port_465_speaks_tls_unless_something_else_is_said(said, tmp_path):
    said(**MAIL, NUDGER_SMTP_PORT="465")
    assert load_settings(config_dir=tmp_path).smtp_security == "tls"
    assert Settings().smtp_security == "starttls"


def test_who_only_looks_is_not_stopped_by_what_bars_sending(said, tmp_path):
    said(**(MAIL | {"NUDGER_CONTACT": ""}))
    assert load_settings(config_dir=tmp_path).sends_email
    with pytest.raises(SettingsError, match="says to nobody how to stop it"):
        load_settings(config_dir=tmp_path, to_send=True)


def test_our_own_number_and_address_among_the_people_are_named(said, tmp_path):
    said(**(MAIL | TWILIO))
    look = look_at_settings(tmp_path)
    people = [
        make_recipient(id="sam", sms="+15005550006"),
        make_recipient(id="ana", email="A@example.org"),
        make_recipient(id="kim"),
    ]
    lines = [problem.headline() for problem in look.beside(people)]
    assert ["sam" in lines[0], "ana" in lines[1], len(lines)] == [True, True, 2]
