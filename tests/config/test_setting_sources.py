"""Where settings come from, which of two counts, and who else can read them. No part of a secret is ever shown."""

import os
import subprocess
from pathlib import Path

import pytest

from nudger.config.privacy import remark_on_mode
from nudger.config.settings.read import read_settings

MAIL = "NUDGER_SMTP_HOST=smtp.example.org\nNUDGER_EMAIL_FROM=a@example.org\nNUDGER_CONTACT=a@example.org\nNUDGER_SMTP_USERNAME=u\n"
SECRET = "zQ7xKv9w"


@pytest.fixture
def read(tmp_path, monkeypatch):
    """What is read of nudger.env, of credentials by name, and of variables."""
    for name in [name for name in os.environ if name.upper().startswith("NUDGER_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "credentials"
    folder.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))

    def read(env="", credentials=(), mode=0o600, **variables):
        (tmp_path / "nudger.env").write_text(env)
        (tmp_path / "nudger.env").chmod(mode)
        for name, content in dict(credentials).items():
            (folder / name).write_bytes(content)
            (folder / name).chmod(mode)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        found = read_settings(tmp_path)
        assert SECRET[:4] not in repr((found.problems, found.places))
        return found

    return read


def lines(found):
    return [problem.headline().replace(":0:0:", ":") for problem in found.problems]


@pytest.mark.parametrize(
    "content",
    [SECRET, f"{SECRET}\n", f"{SECRET}\r\n", f"\ufeff{SECRET}", f"\ufeff{SECRET}\r\n", f"  {SECRET}  \n\n"],
)
def test_a_credential_is_what_was_meant_whatever_the_editor_added(read, content):
    found = read(MAIL, {"nudger_smtp_password": content.encode()})
    assert lines(found) == []
    assert found.settings.smtp_password.get_secret_value() == SECRET


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (f"{SECRET}é".encode("latin-1"), "this is no text in UTF-8, from line 1 on"),
        (SECRET.encode("utf-16"), "this is no text in UTF-8; it looks like UTF-16"),
        (SECRET.encode("utf-16-be"), "this is no text in UTF-8; it looks like UTF-16"),
        (f"{SECRET}\0".encode(), "this is no text in UTF-8; it looks like UTF-16"),
        (b"", "this credential is empty"),
        (b"\r\n", "this credential is empty"),
        (f"{SECRET}\n{SECRET}\n".encode(), "this credential has more than one line"),
        (f"NUDGER_SMTP_PASSWORD={SECRET}".encode(), "this credential holds NAME=value"),
        (f"{SECRET}\x07".encode(), "NUDGER_SMTP_PASSWORD: it holds U+0007"),
        (SECRET.encode() * 10_000, "the file is larger than"),
    ],
)
def test_a_credential_that_cannot_be_read_is_one_line(read, content, what):
    found = read(MAIL, {"nudger_smtp_password": content})
    assert found.settings is None
    (line,) = lines(found)
    assert f"nudger_smtp_password: {what}" in line


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("nudger_smtp_pasword", "this credential is no setting of nudger. Did you mean nudger_SMTP_PASSWORD?"),
        ("nudger_smtp_password.txt", "Did you mean nudger_SMTP_PASSWORD?"),
        ("smtp_password", "warning: this credential is not read. Call it nudger_smtp_password."),
    ],
)
def test_a_credential_by_a_wrong_name_is_named(read, name, what):
    assert any(what.lower() in line.lower() for line in lines(read(MAIL, {name: SECRET.encode()})))


def test_credentials_of_other_programs_are_their_business(read):
    assert lines(read("", {"tls.key": SECRET.encode()})) == []


def test_the_environment_comes_before_the_file_and_the_file_before_credentials(read):
    found = read(f"{MAIL}NUDGER_SMTP_PASSWORD=file\n", {"nudger_smtp_password": SECRET.encode()})
    assert found.settings.smtp_password.get_secret_value() == "file"
    assert "NUDGER_SMTP_PASSWORD is set elsewhere, too, and that counts" in lines(found)[0]
    assert read(MAIL, NUDGER_SMTP_PASSWORD="here").settings.smtp_password.get_secret_value() == "here"


def test_an_empty_variable_says_as_if_it_were_set_nowhere(read):
    assert read("NUDGER_CONTACT=a@example.org\n", NUDGER_CONTACT="").settings.contact is None


@pytest.mark.parametrize("odd", ["/dev/null", "."])
def test_nobody_is_told_to_change_the_mode_of_a_device_or_a_folder(odd):
    assert list(remark_on_mode(Path(odd), "it says who gets nudges")) == []


@pytest.mark.parametrize(
    ("mode", "who"),
    [(0o604, "everybody on this machine"), (0o644, "everybody on this machine"), (0o600, ""), (0o400, "")],
)
def test_who_else_can_read_a_secret_is_said(read, mode, who):
    found = read(f"{MAIL}NUDGER_SMTP_PASSWORD=x\n", mode=mode)
    assert [line.endswith("it holds a secret. chmod 600 " + line.partition(": ")[0]) for line in lines(found)] == (
        [True] if who else []
    )
    assert all(who in line for line in lines(found))
    assert lines(read(MAIL.replace("NUDGER_SMTP_USERNAME=u\n", ""), mode=0o644)) == []


def test_a_folder_of_credentials_that_is_not_there_is_a_warning(read, monkeypatch):
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/nowhere")
    found = read()
    assert found.settings is not None
    assert lines(found) == [
        "/nowhere: warning: the folder of credentials cannot be read: no such file or directory. $CREDENTIALS_DIRECTORY names it."
    ]


@pytest.mark.parametrize("name", ["nudger.env.txt", "Nudger.env", "nudger_env", ".nudger.env"])
def test_a_file_that_is_nearly_nudger_env_is_named(read, tmp_path, name):
    (tmp_path / name).write_text("")
    assert lines(read()) == [f"{tmp_path / name}: warning: this file is not read. Call it nudger.env."]


@pytest.mark.parametrize(
    "line",
    [
        f"NUDGER_SMTP_PASWORD={SECRET}",
        f"SMTP_PASSWORD={SECRET}",
        f"NUDGER_SMTP_PASSWORD={SECRET} # {SECRET}",
        f"NUDGER_SMTP_PORT={SECRET}",
        f"NUDGER_SMTP_HOST={SECRET}:{SECRET}@h",
        f"NUDGER_LOG_LEVEL={SECRET}",
        f"NUDGER_STATE_DIR=~{SECRET}",
        f"NUDGER_TWILIO_BASE_URL=https://u:{SECRET}@h",
        f"NUDGER_DATABASE_URL=postgresql://u:{SECRET}@@h/d",
        f"NUDGER_DATABASE_URL={SECRET}",
        f"NUDGER_EMAIL_FROM=<{SECRET}",
        f"NUDGER_TWILIO_FROM={SECRET}{SECRET}",
        f"NUDGER_TWILIO_ACCOUNT_SID={SECRET}",
    ],
)
def test_no_part_of_a_value_is_shown_wherever_it_was_put(read, line):
    found = read(line + "\n")
    assert found.problems


def test_the_command_that_is_proposed_is_one_for_a_folder_with_blanks_too(tmp_path):
    path = tmp_path / "my notes" / "nudger.env"
    path.parent.mkdir()
    path.touch()
    path.chmod(0o644)
    (doubt,) = remark_on_mode(path, "it holds a secret")
    subprocess.run(["sh", "-c", doubt.expected], check=True)
    assert list(remark_on_mode(path, "it holds a secret")) == []
