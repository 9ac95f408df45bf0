"""A whole service in this process: its own signals, files, ledger and mail folder, and what it tells systemd."""

import asyncio
import os
import signal
import socket
from contextlib import asynccontextmanager

from click.testing import CliRunner

from nudger.cli import nudger
from nudger.config.settings.read import load_settings
from nudger.daemon import Daemon

PATIENCE_S = 20
PEOPLE = """\
recipients:
  - {id: sam, name: Samantha, time_zone: UTC, email: sam@example.org, quiet_hours: none}
  - {id: kim, name: Kimberley, time_zone: UTC, email: kim@example.org, quiet_hours: none}
"""
SECRETS = ("Samantha", "Kimberley", "example.org", "friendly word", "this is nudger")
"""What no journal may hold: names, addresses, and the words of nudges."""
FOUR = ("morning", "noon", "afternoon", "evening")
_HELLO = """\
library: welcome
purpose: welcome
messages:
  - id: hello
    component: self-kindness
    practice: support
    sms: "Hello, this is {service}. STOP to stop."
    email: {subject: Hello, body: "Hello, this is {service}. You can stop at any time."}
"""


def schedules(*names, at="08:30"):
    """Return a file of schedules: weekly ones, so that the year they are looked at for is a short one."""
    rows = [f'  - {{id: {name}, to: everyone, when: {{days: [mon], at: "{at}"}}}}\n' for name in names]
    return "schedules:\n" + "".join(rows)


def messages(*names):
    """Return a file of messages."""
    return "library: kind\nlanguage: en\nmessages:\n" + "".join(
        f"  - {{id: {name}, component: self-kindness, practice: self-talk, sms: A friendly word., "
        f"email: {{subject: A word, body: A friendly word of {name}.}}}}\n"
        for name in names
    )


def write_home(folder, *, state="state"):
    """Write a small configuration, and return its folder."""
    for name in ("schedules", "messages"):
        (folder / name).mkdir(parents=True)
    (folder / "schedules/all.yaml").write_text(schedules(*FOUR))
    (folder / "messages/kind.yaml").write_text(messages(*(f"m{n}" for n in range(9))))
    (folder / "messages/welcome.yaml").write_text(_HELLO)
    (folder / "recipients.yaml").write_text(PEOPLE)
    (folder / "nudger.env").write_text(f"NUDGER_STATE_DIR={folder / state}\n")
    return folder


class Running:
    """A service under way, and the words it has for systemd, as they come."""

    def __init__(self, home, daemon, heard):
        self.home, self.daemon, self._heard = home, daemon, heard
        self.settings = load_settings(config_dir=home)
        self.task = asyncio.create_task(daemon.run())

    async def told(self, word):
        """Wait for the next message that begins so, and return its lines."""
        loop = asyncio.get_running_loop()
        while True:
            lines = (await asyncio.wait_for(loop.sock_recv(self._heard, 4096), PATIENCE_S)).decode().splitlines()
            if lines[0].startswith(word):
                return lines

    async def hang_up(self):
        """Send SIGHUP; return what it says at the end of the reload for `systemctl status`."""
        os.kill(os.getpid(), signal.SIGHUP)
        return await self._reloaded()

    async def reload(self, *options):
        """Run `nudger reload`; return what came of it."""
        result = await self.command("reload", *options)
        await self._reloaded()
        return result

    async def _reloaded(self):
        await self.told("RELOADING=1")
        return (await self.told("READY=1"))[1].removeprefix("STATUS=")

    async def command(self, *words):
        """Run a command beside it, as somebody does who looks at it."""
        return await asyncio.to_thread(CliRunner().invoke, nudger, ["--config", str(self.home), *words])

    async def stop(self, number=signal.SIGTERM):
        os.kill(os.getpid(), number)
        await self.told("STOPPING=1")
        await asyncio.wait_for(self.task, PATIENCE_S)


@asynccontextmanager
async def running(home, monkeypatch, *, screen=None):
    """Start a service and wait until it is ready; stop it at the end, where it has not stopped before."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        address = str(home.parent / "notify")
        heard.bind(address)
        heard.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        daemon = Daemon(load_settings(config_dir=home), screen=screen)
        service = Running(home, daemon, heard)
        try:
            service.began = (await service.told("READY=1"))[1].removeprefix("STATUS=")
            yield service
            if not service.task.done():
                await service.stop()
        finally:
            daemon._last_resort.cancel()  # this process goes on
            service.task.cancel()
            (home.parent / "notify").unlink()
