"""Settings as an operator meets them: check names everything, and whoever needs them stops with the same lines."""

import json
import os

import pytest

from nudger.config.settings.read import load_settings
from tests.cli.test_commands import nudger
from tests.odd_environments import write_small

MAIL = "NUDGER_SMTP_HOST=mail.example.org\nNUDGER_EMAIL_FROM=a@example.org\nNUDGER_CONTACT=a@example.org\n"
READERS = (["run"], ["preview"], ["status"], ["send", "sam"], ["recipients", "list"], ["why", "sam"])


@pytest.fixture
def home(tmp_path):
    write_small(tmp_path)
    (tmp_path / "recipients.yaml").chmod(0o600)
    return tmp_path


def write(home, text, mode=0o600):
    (home / "nudger.env").write_text(text)
    (home / "nudger.env").chmod(mode)


MISTAKES = {
    "NUDGER_SMTP_HOST: mail.example.org\n": ":1:1: NUDGER_SMTP_HOST is followed by ':' where '=' is expected",
    'NUDGER_SERVICE_NAME="Kind notes\n': ":1:21: a double quote is opened here and never closed",
    "NUDGER_CONTACT\n": ":1:1: NUDGER_CONTACT has no '=' and no value",
    "SMTP_HOST=mail.example.org\n": ":1:1: this name has no NUDGER_ before it, and sets nothing. Did you mean NUDGER_SMTP_HOST?",
    "NUDGER_SMPT_HOST=x\n": ":1:1: NUDGER_SMPT_HOST is no setting of nudger. Did you mean NUDGER_SMTP_HOST?",
    "NUDGER_SEED=1\nNUDGER_SEED=2\n": ":2:1: NUDGER_SEED is set twice, first in line 1",
    "NUDGER_SMTP_HOST=x\n": ":1:18: NUDGER_EMAIL_FROM missing beside NUDGER_SMTP_HOST",
    f"{MAIL}NUDGER_SMTP_PORT=abc\n": ":4:18: NUDGER_SMTP_PORT: a whole number is expected",
    f"{MAIL}NUDGER_SMTP_PORT=465\nNUDGER_SMTP_SECURITY=starttls\n": ":5:22: port 465 speaks TLS from the first byte",
    "NUDGER_DATABASE_URL=garbage\n": ":1:21: NUDGER_DATABASE_URL: a database URL is expected",
}  # fmt: skip


@pytest.mark.parametrize("text", MISTAKES)
def test_check_and_whoever_needs_the_settings_say_the_same(home, text):
    write(home, text)
    line = f"{home / 'nudger.env'}{MISTAKES[text]}"
    checked = nudger(home, "check")
    assert checked.returncode == 1
    assert line in checked.stdout
    for words in READERS:
        done = nudger(home, *words)
        assert (done.returncode, done.stdout) == (1, ""), words
        assert line in done.stderr
    assert not (home / "var").exists()


def test_a_line_that_cannot_be_read_reaches_the_journal_on_one_line(home, monkeypatch):
    write(home, 'NUDGER_SMTP_HOST: x\nNUDGER_SMTP_PASSWORD="hunter2\n')
    monkeypatch.setattr("nudger.cli.run._writes_to_journal", lambda: True)
    done = nudger(home, "run")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert ":1:1: " in done.stderr
    assert ":2:22: " in done.stderr
    assert "hunter" not in done.stderr


def test_a_password_with_a_dollar_arrives_as_written(home, monkeypatch):
    for name in [name for name in os.environ if name.startswith("NUDGER_")]:
        monkeypatch.delenv(name)
    write(home, f"{MAIL}NUDGER_SMTP_USERNAME=u\nNUDGER_SMTP_PASSWORD='pa${{HOME}}ss'\n")
    assert load_settings(config_dir=home).smtp_password.get_secret_value() == "pa${HOME}ss"
    assert nudger(home, "check").returncode == 0


def test_who_can_read_people_and_secrets_is_a_warning(home):
    write(home, f"{MAIL}NUDGER_SMTP_USERNAME=u\nNUDGER_SMTP_PASSWORD=hunter2\n", mode=0o644)
    (home / "recipients.yaml").chmod(0o644)
    done = nudger(home, "check")
    assert done.returncode == 0
    assert (
        "nudger.env: warning: everybody on this machine can read this file, and it holds a secret. chmod 600"
        in done.stdout
    )
    assert "recipients.yaml: warning: everybody on this machine can read this file, and it says who gets" in done.stdout
    assert "hunter" not in done.stdout


def test_a_number_that_is_also_somebodys_is_a_warning(home):
    write(
        home,
        "NUDGER_TWILIO_FROM=+14155550123\nNUDGER_TWILIO_ACCOUNT_SID=ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nNUDGER_TWILIO_AUTH_TOKEN=x\nNUDGER_CONTACT=a@example.org\n",
    )
    records = json.loads(nudger(home, "check", "--format", "json").stdout)
    assert ["that of sam" in record["what"] for record in records if record["line"] == 1] == [True]


def test_mail_that_nobody_could_stop_is_not_sent_but_can_be_looked_at(home):
    write(home, MAIL.replace("NUDGER_CONTACT=a@example.org\n", ""))
    assert nudger(home, "check").returncode == 1
    assert nudger(home, "preview").returncode == 0
    for words in (["run"], ["send", "sam"]):
        assert "mail without NUDGER_CONTACT says to nobody how to stop it" in nudger(home, *words).stderr


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["prevew"], "nudger: There is no command 'prevew'. Did you mean 'preview'? See: "),
        (["start"], "nudger: There is no command 'start'. Did you mean 'run'? See: "),
        (["xyzzy"], "nudger: There is no command 'xyzzy'. See: "),
        (["preview", "--days", "0"], "nudger: Invalid value for '--days': 0 is not in the range 1 to 3660. See: "),
        (["preview", "--from", "2026-13-01"], "nudger: Invalid value for '--from': there is no 2026-13-01. See: "),
        (
            ["preview", "--from", "soon"],
            "nudger: Invalid value for '--from': 'soon' is no date: write it as 2026-11-24. See: ",
        ),
        (["record", "sam", "--mood", "12"], "nudger: Invalid value for '--mood': 12 is not in the range 1 to 9. See: "),
        (["send"], "nudger: Missing argument 'RECIPIENT'. See: "),
    ],
)
def test_wrong_usage_is_one_line_like_all_other_trouble(home, words, line):
    done = nudger(home, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(line)
    assert done.stderr.endswith("--help\n")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ["record"],
        ["recipients"],
        ["recipients", "pause"],
        ["decisions"],
        ["guard"],
        ["preview"],
        ["why"],
        ["simulate"],
        ["library"],
    ],
)
def test_help_is_whole_and_in_words(home, words):
    _, shown = nudger(home, *words, "--help").stdout.split("\n", 1)  # without the usage
    for leak in ("...", "%Y", "<=", ">="):
        assert leak not in shown


def test_init_says_what_to_type_where_nudger_is_not_on_the_path(tmp_path):
    shown = nudger(tmp_path, "init", str(tmp_path / "a folder"), PATH="/nowhere").stdout
    assert f"--config '{tmp_path}/a folder' check" in shown
