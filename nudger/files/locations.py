"""Where things lie: the same answers for `nudger check`, which loads no settings, and for everybody else."""

import os
from io import StringIO
from pathlib import Path

from nudger.errors import SettingsError

ENV_FILE = "nudger.env"
RECIPIENTS = "recipients.yaml"
CRISIS_LINES = "crisis_lines.yaml"
FOLDERS = ("schedules", "messages")
"""The folders of a configuration."""


def read_paths(config_dir: Path, *names: str) -> list[Path | None]:
    """Return the paths that these variables name, in the environment or else in CONFIG/nudger.env, as Settings does.

    Raises SettingsError for a nudger.env that cannot be read.
    """
    file = config_dir / ENV_FILE
    said = (_read_env_file(file, names) if file.is_file() else {}) | os.environ
    return [Path(value) if (value := said.get(name)) else None for name in names]


def _read_env_file(file: Path, names: tuple[str, ...]) -> dict[str, str]:
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"settings: {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"settings: {file} is not UTF-8") from error
    lines = [line.upper() for line in text.splitlines() if not line.lstrip().startswith("#")]
    if not any(name in line for line in lines for name in names):
        return {}
    # Cold start: 10 ms that the file of `nudger init`, all comments, need not wait for.
    from dotenv import dotenv_values  # noqa: PLC0415

    return {name.upper(): value or "" for name, value in dotenv_values(stream=StringIO(text)).items()}


def state_dir(config_dir: Path, explicit: Path | None = None) -> Path:
    """Return the folder of the ledger: the one asked for, else the one that systemd made for us, else CONFIG/var."""
    systemd = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    return explicit or (Path(systemd) if systemd else config_dir / "var")


def recipients_places(config_dir: Path, state: Path, explicit: Path | None = None) -> tuple[Path, ...]:
    """Return where the people may be, the first that exists counts: the file asked for, or one of the two usual ones.

    The last need not exist; it is where `nudger run --example` writes the example person.
    """
    return (explicit,) if explicit is not None else (config_dir / RECIPIENTS, state / RECIPIENTS)


def recipients_file(config_dir: Path, state: Path, explicit: Path | None = None) -> Path:
    """Return where the people are, or would be."""
    *usual, last = recipients_places(config_dir, state, explicit)
    return next((path for path in usual if path.exists()), last)
