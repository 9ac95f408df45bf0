"""Prism (Stoplight) as a proxy that checks every request and answer against Twilio's own OpenAPI description.

Both come from npm once, into $NUDGER_TEST_CACHE or ~/.cache/nudger-tests.
"""

import contextlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.system.loopback import free_port, wait_until_answers

PRISM = "@stoplight/prism-cli@5.16.0"
TWILIO = "@twilio/cli-core@8.3.2"  # Twilio publishes its OpenAPI description in it (MIT)
DESCRIPTION = "package/src/services/twilio-api/twilio_api_v2010.json"
LIST = "/2010-04-01/Accounts/{AccountSid}/Messages.json"


@cache
def what_is_missing() -> str | None:
    """Say why there can be no Prism, or None. Installs it, the first time."""
    if not (shutil.which("node") and shutil.which("npm")):
        return "needs node and npm (apt install nodejs npm)"
    try:
        _install()
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        return f"npm could not fetch {PRISM} and {TWILIO}: {error}"
    return None


@contextlib.contextmanager
def proxy(upstream: str) -> Iterator[str]:
    """Start Prism in front of `upstream`, and give its URL. What breaks the description gets a 4xx or 500 from it."""
    port = free_port()
    command = [_home() / "node_modules/.bin/prism", "proxy", "--errors", "--host=127.0.0.1", f"--port={port}"]
    process = subprocess.Popen(
        [*command, _home() / "messages.json", upstream], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_answers(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def message_fields() -> set[str]:
    """Return the names of all fields of a message, by the description."""
    schemas = _description()["components"]["schemas"]
    return set(schemas["api.v2010.account.message"]["properties"])


def page_fields() -> set[str]:
    """Return the names of all fields of a page of messages, by the description."""
    return set(_page_schema(_description())["properties"])


def _home() -> Path:
    cache_folder = os.environ.get("NUDGER_TEST_CACHE") or Path.home() / ".cache/nudger-tests"
    return Path(cache_folder) / "prism"


def _description() -> Any:
    return json.loads((_home() / "messages.json").read_text())


def _page_schema(description: Any) -> Any:
    return description["paths"][LIST]["get"]["responses"]["200"]["content"]["application/json"]["schema"]


def _install() -> None:
    home = _home()
    if not (home / "node_modules/.bin/prism").exists():
        home.mkdir(parents=True, exist_ok=True)
        (home / "package.json").write_text('{"private": true}')
        _npm("install", "--no-audit", "--no-fund", "--ignore-scripts", PRISM, folder=home)
    if not (home / "messages.json").exists():
        (home / "messages.json").write_text(json.dumps(_fetched()))


def _fetched() -> Any:
    """Return the part of the description that is about messages: Prism then starts in half the time."""
    with tempfile.TemporaryDirectory() as folder:
        archive = _npm("pack", TWILIO, folder=Path(folder)).split()[-1]
        with tarfile.open(Path(folder) / archive) as package:
            file = package.extractfile(DESCRIPTION)
            assert file is not None
            description = json.load(file)
    description["paths"] = {LIST: description["paths"][LIST]}
    for field in _page_schema(description)["properties"].values():
        if field.get("format") == "uri":  # Twilio's own examples, and its API, give relative ones
            field["format"] = "uri-reference"
    return description


def _npm(*arguments: str, folder: Path) -> str:
    environment = os.environ | {"npm_config_update_notifier": "false"}
    done = subprocess.run(
        ["npm", "--silent", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return done.stdout
