"""What `nudger init` and `nudger run --example` write."""

import stat
from pathlib import Path

import pytest

from nudger.config import starter
from nudger.config.catalog import read_configuration
from nudger.config.settings.env_file import read_env_file
from nudger.config.settings.read import Settings, load_settings
from nudger.config.starter import write_example_person, write_starter
from nudger.errors import NudgerError


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"NUDGER_{name.upper()}", raising=False)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_it_passes_its_own_check(tmp_path):
    write_starter(tmp_path / "new", time_zone="Europe/Berlin")
    reading = read_configuration(tmp_path / "new", tmp_path / "new" / "recipients.yaml")
    assert reading.problems == ()
    assert reading.catalog.recipients[0].time_zone == "Europe/Berlin"
    assert len(reading.catalog.messages) > 50


def test_files_with_personal_data_are_for_their_owner(tmp_path):
    write_starter(tmp_path / "new", time_zone="UTC")
    assert mode(tmp_path / "new" / "recipients.yaml") == 0o600
    assert mode(tmp_path / "new" / "nudger.env") == 0o600


def test_editors_find_the_schemas(tmp_path):
    write_starter(tmp_path, time_zone="UTC")
    for path in tmp_path.rglob("*.yaml"):
        (line,) = [line for line in path.read_text().splitlines() if "$schema=" in line]
        assert (path.parent / line.partition("$schema=")[2]).is_file(), path


def test_the_reference_is_beside_the_schedules(tmp_path):
    write_starter(tmp_path, time_zone="UTC")
    assert "| `except` |" in (tmp_path / "schedules" / "REFERENCE.md").read_text()


def test_the_example_of_all_that_can_be_said_about_a_person_is_no_mistake(tmp_path):
    write_starter(tmp_path, time_zone="UTC")
    path = tmp_path / "recipients.yaml"
    example = path.read_text().partition("#   - id: sam")[2].partition("\n\n")[0]
    path.write_text("recipients:\n   - id: sam" + example.replace("\n#", "\n") + "\n")
    reading = read_configuration(tmp_path, path)
    assert [problem for problem in reading.problems if problem.file == str(path)] == []
    (sam,) = reading.catalog.recipients
    assert all(
        getattr(sam, key)
        for key in ("region", "pauses", "hard_days", "limits", "supporter", "weekend_moments", "goals")
    )


def test_every_setting_is_explained_and_none_is_set(tmp_path):
    write_starter(tmp_path, time_zone="UTC")
    text = (tmp_path / "nudger.env").read_text()
    for name in Settings.model_fields:
        assert (f"#NUDGER_{name.upper()}=" in text) == (name != "config_dir")
    assert load_settings(config_dir=tmp_path) == Settings(config_dir=tmp_path)


def test_what_is_said_about_quotes_is_so(tmp_path):
    write_starter(tmp_path, time_zone="UTC")
    env = tmp_path / "nudger.env"
    env.write_text(
        "".join(line[4:] for line in env.read_text().splitlines(keepends=True) if line.startswith("#   NUDGER_"))
    )
    file = read_env_file(env)
    assert file.problems == ()
    assert [line.value for line in file.lines] == [
        'it stands as it is, also $, #, " and \\, but no single quote',
        'in double quotes " is a quote and \\ a backslash',
        "587",
    ]


def test_the_settings_can_be_taken_as_they_stand(tmp_path):
    write_starter(tmp_path, time_zone="UTC")
    env = tmp_path / "nudger.env"
    env.write_text(env.read_text().replace("\n#NUDGER_", "\nNUDGER_"))
    assert load_settings(config_dir=tmp_path) == Settings(config_dir=tmp_path)


@pytest.mark.parametrize("name", ["schedules", "recipients.yaml", "nudger.env"])
def test_nothing_is_overwritten_and_nothing_half_done(tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(NudgerError, match=name):
        write_starter(tmp_path, time_zone="UTC")
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine"


def test_a_failure_in_the_middle_leaves_nothing(tmp_path, monkeypatch):
    rename = Path.rename

    def break_at_schedules(self, target):
        if self.name == "schedules":
            raise OSError(28, "No space left on device", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", break_at_schedules)
    with pytest.raises(NudgerError, match="No space left"):
        write_starter(tmp_path, time_zone="UTC")
    assert list(tmp_path.iterdir()) == []


def test_other_files_in_the_folder_are_no_trouble(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    write_starter(tmp_path, time_zone="UTC")
    assert (tmp_path / "schedules").is_dir()


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NudgerError, match="file"):
        write_starter(tmp_path / "file" / "new", time_zone="UTC")


def test_the_example_person(tmp_path):
    path = tmp_path / "var" / "recipients.yaml"
    write_example_person(path, time_zone="Asia/Tokyo")
    assert mode(path) == 0o600
    assert mode(path.parent) == 0o700
    write_starter(tmp_path / "config", time_zone="UTC")
    reading = read_configuration(tmp_path / "config", path)
    assert reading.problems == ()
    (you,) = reading.catalog.recipients
    assert (you.id, you.name, you.email, you.quiet_hours) == ("you", None, "you@example.org", None)
    with pytest.raises(NudgerError, match="exists"):
        write_example_person(path, time_zone="UTC")


def test_installed_files_are_taken_from_the_package(tmp_path, monkeypatch):
    (tmp_path / "starter" / "schedules").mkdir(parents=True)
    monkeypatch.setattr(starter.resources, "files", lambda _: tmp_path)
    assert starter._starter("schedules") == tmp_path / "starter" / "schedules"
