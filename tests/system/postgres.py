"""A throw-away PostgreSQL cluster on loopback, with a password, owned by a user without rights."""

import contextlib
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.system.loopback import free_port

CONFIGURATION = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
max_connections = 50
"""
"""fsync stays on: a crash test must not run on a server that may lose what it acknowledged."""


def what_is_missing() -> str | None:
    """Say why there can be no cluster, or None."""
    return None if _programs() else "needs postgresql (apt install)"


def _programs() -> Path | None:
    """Find the newest installed server; Debian keeps its programs out of PATH."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    in_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    return next((path for path in [*reversed(packaged), *in_path] if (path / "initdb").exists()), None)


@contextlib.contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster with one empty database, and give its URL."""
    # Not pytest's own folder: that one is closed to the user that the server runs as.
    with tempfile.TemporaryDirectory(prefix="nudger-postgresql-", dir="/var/tmp") as folder:
        root = Path(folder)
        if os.geteuid() == 0:
            shutil.chown(root, "nobody")
        port, password = free_port(), secrets.token_hex(12)
        _initialise(root, port, password)
        _run(root, "pg_ctl", f"--pgdata={root}/data", f"--log={root}/log", "--wait", "--timeout=30", "start")
        try:
            login = {"PGHOST": "127.0.0.1", "PGPORT": str(port), "PGUSER": "nudger", "PGPASSWORD": password}
            _run(root, "createdb", "nudger", **login)
            yield f"postgresql+psycopg://nudger:{password}@127.0.0.1:{port}/nudger"
        finally:
            _run(root, "pg_ctl", f"--pgdata={root}/data", "--mode=immediate", "--wait", "stop")


def _initialise(root: Path, port: int, password: str) -> None:
    password_file = root / "password"
    password_file.write_text(password)
    password_file.chmod(0o644)
    who = ["--username=nudger", f"--pwfile={password_file}", "--auth=scram-sha-256"]
    _run(root, "initdb", f"--pgdata={root}/data", *who, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    with (root / "data/postgresql.conf").open("a") as configuration:
        configuration.write(CONFIGURATION.format(port=port, folder=root))


def _run(root: Path, program: str, *arguments: str, **environment: str) -> None:
    """Run one of PostgreSQL's programs; root becomes `nobody` for it, since the server refuses to run as root."""
    # Output goes to a file: the server keeps it open, and a pipe would never end.
    with (root / "out").open("w+") as out:
        done = subprocess.run(
            [f"{_programs()}/{program}", *arguments],
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **environment},
            user="nobody" if os.geteuid() == 0 else None,
            group="nogroup" if os.geteuid() == 0 else None,
            extra_groups=[] if os.geteuid() == 0 else None,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            check=False,
            timeout=60,
        )
        out.seek(0)
        assert done.returncode == 0, f"{program} failed:\n{out.read()[-2000:]}"
