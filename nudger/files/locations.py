"""Where things lie: the same answers for `nudger check`, which loads no settings, and for everybody else."""

import os
from pathlib import Path

RECIPIENTS = "recipients.yaml"


def state_dir(config_dir: Path, explicit: Path | None = None) -> Path:
    """Return the folder of the ledger: the one asked for, else the one that systemd made for us, else CONFIG/var."""
    systemd = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    return explicit or (Path(systemd) if systemd else config_dir / "var")


def recipients_file(config_dir: Path, state: Path, explicit: Path | None = None) -> Path:
    """Return where the people are: the file asked for, else CONFIG/recipients.yaml, else the one in the state folder.

    The last need not exist; it is where `nudger run --example` writes the example person.
    """
    if explicit is not None:
        return explicit
    beside_schedules = config_dir / RECIPIENTS
    return beside_schedules if beside_schedules.exists() else state / RECIPIENTS
