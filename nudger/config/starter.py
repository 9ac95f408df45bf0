"""What `nudger init` writes: the starter schedules and libraries, an example person, and every setting in words."""

import os
import re
import shutil
import tempfile
from enum import Enum
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import nudger
from nudger.config.locations import ENV_FILE, FOLDERS
from nudger.config.settings.env_file import PREFIX
from nudger.config.settings.read import Settings
from nudger.errors import NudgerError

_MODELINE = re.compile(r"(# yaml-language-server: \$schema=)\S*/(\w+\.json)")

_PERSON = """\
recipients:
  - id: you
    time_zone: {time_zone}
    email: you@example.org
    prefer: email
"""
_EXAMPLE = """\
# The example person of `nudger run --example`. Nothing is sent anywhere: it is shown on your terminal.
{person}    quiet_hours: none    # it is only your own terminal, at whatever hour you try this
"""
_RECIPIENTS = """\
# yaml-language-server: $schema=schemas/recipients.json
#
# The people who get nudges. Add only those who asked for them, and take out whoever asks you to.
# This file holds personal data: keep it readable for the service alone (it was made so).
#
# All that can be said about a person:
#
#   - id: sam                        # small letters, digits and hyphens; shown to nobody
#     name: Sam                      # may be left out: messages have other words then
#     time_zone: America/New_York
#     sms: "+14135550123"            # with the country code, in quotes
#     email: sam@example.org         # at least one of sms and email
#     prefer: sms                    # email, if nothing is said
#     language: en
#     groups: [daily]                # schedules can be for a group
#     moments: {{morning: "06:30"}}    # this person's own morning; also midday, evening, night
#     quiet_hours: "21:00-06:00"     # nothing is sent then; 21:00-08:00 if nothing is said
#     joined: 2026-11-22             # programmes and the gentle first days count from it
#     place: US-MA                   # ISO 3166, a country or a part of one: for public holidays and legal hours
#     weekend:                       # what is different on Saturdays and Sundays
#       moments: {{morning: "10:00"}}
#       quiet_hours: "22:00-09:00"
#     pause: until 2027-01-03        # nothing is sent; also 2026-12-20 to 2027-01-03, or a list of these
#     hard_days:                     # days that are hard for this person
#       - {{date: 11-03, then: hold}}            # every year: nothing is sent
#       - {{date: 2027-02-14, then: gentle}}     # that one day: only what is gentle
#     limits: {{per_day: 1, per_week: 4, gap: 3 hours}}    # less than the limits in schedules/limits.yaml
#     supporter: my sister Ana       # somebody who is there for them; messages may mention it
#     goals: [sleep, people]         # their own, in words of your choice; `only_if` in a schedule can ask for them

{person}"""
_ENV_HEAD = """\
# Settings. Each line that starts with '#NUDGER_' shows a setting that is not set; take away the '#' to set it.
#
# A line is NAME=value. What you write is what counts: nothing is filled in, neither $HOME nor ${HOME} nor ~.
#   NUDGER_SMTP_PASSWORD='it stands as it is, also $, #, " and \\, but no single quote'
#   NUDGER_EMAIL_FROM="in double quotes \\" is a quote and \\\\ a backslash"
#   NUDGER_SMTP_PORT=587    # without quotes the value ends before ' #'
# Real environment variables come before this file; an empty one (NUDGER_CONTACT=) says: as if it were set nowhere.
# Secrets are better given as systemd credentials (see README). nudger check looks at every line.
"""


def write_starter(directory: Path, *, time_zone: str) -> None:
    """Write a starter configuration that passes `nudger check` as it is.

    Raises NudgerError, and leaves everything as it was, where something of the same name is there already or the
    folder cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=directory, prefix=".nudger-init-") as staging:
            _write_all(Path(staging), time_zone)
            _move_all(Path(staging), directory)
    except OSError as error:
        raise NudgerError(f"{error.filename or directory}: {error.strerror}") from error


def write_example_person(path: Path, *, time_zone: str) -> None:
    """Write a recipients file with one example person, readable for its owner alone.

    Raises NudgerError where there is such a file already, or the folder cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_private(path, _EXAMPLE.format(person=_PERSON.format(time_zone=time_zone)))
    except OSError as error:
        raise NudgerError(f"{path}: {error.strerror}") from error


def _write_all(folder: Path, time_zone: str) -> None:
    for name in FOLDERS:
        (folder / name).mkdir()
        for source in _starter(name).iterdir():
            if source.name.endswith((".yaml", ".md")):
                text = _MODELINE.sub(r"\1../schemas/\2", source.read_text(encoding="utf-8"))
                (folder / name / source.name).write_text(text, encoding="utf-8")
    (folder / "schemas").mkdir()
    for source in resources.files("nudger.config").joinpath("schemas").iterdir():
        if source.name.endswith(".json"):
            (folder / "schemas" / source.name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    _write_private(folder / "recipients.yaml", _RECIPIENTS.format(person=_PERSON.format(time_zone=time_zone)))
    _write_private(folder / ENV_FILE, settings_in_words())


def _starter(name: str) -> Traversable:
    """Return the folder of starter files: in the package when installed, beside it in a source checkout."""
    packaged = resources.files("nudger").joinpath("starter", name)
    return packaged if packaged.is_dir() else Path(nudger.__file__).parents[1] / name


def settings_in_words() -> str:
    """Return a nudger.env that sets nothing and explains every setting."""
    parts = [_ENV_HEAD]
    for name, field in Settings.model_fields.items():
        if name != "config_dir":  # it says where this file is
            parts.append(f"# {field.description}\n#{PREFIX}{name.upper()}={_as_written(field.default)}\n")
    return "\n".join(parts)


def _as_written(default: object) -> str:
    text = str(default.value if isinstance(default, Enum) else "" if default is None else default)
    return f'"{text}"' if " " in text else text


def _move_all(staging: Path, directory: Path) -> None:
    names = sorted(entry.name for entry in staging.iterdir())
    taken = [name for name in names if (directory / name).exists() or (directory / name).is_symlink()]
    if taken:
        raise NudgerError(f"{directory} already has {', '.join(taken)}: choose another folder; nothing was written")
    moved: list[Path] = []
    try:
        for name in names:
            (staging / name).rename(directory / name)
            moved.append(directory / name)
    except OSError:
        for path in moved:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


def _write_private(path: Path, text: str) -> None:
    """Write a new file that only its owner can read, from its first moment on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
