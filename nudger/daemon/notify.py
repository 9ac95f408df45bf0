"""sd_notify(3): what the service tells systemd. Silent when nobody listens."""

import os
import socket
import time
from collections.abc import Mapping
from datetime import timedelta


class Notifier:
    """Sends datagrams to the socket that systemd names in NOTIFY_SOCKET."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        # A leading @ means Linux's abstract name space, whose names begin with a zero byte.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address

    def ready(self, status: str) -> None:
        """Started, or done with reloading."""
        self._send("READY=1", f"STATUS={status}")

    def starting(self, *, within: timedelta) -> None:
        """Ask for more time to start: another word comes `within` so long, or the start has failed."""
        self._send(f"EXTEND_TIMEOUT_USEC={within // timedelta(microseconds=1)}")

    def reloading(self) -> None:
        """Say it first thing: `systemctl reload` waits only if it hears of it before the signal's sender ends.

        Type=notify-reload (systemd 253 and later) insists on the monotonic time beside it.
        """
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def status(self, text: str) -> None:
        """Put one line into `systemctl status`."""
        self._send(f"STATUS={text}")

    def alive(self) -> None:
        """Feed the watchdog."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """Say that the end is meant."""
        self._send("STOPPING=1", "STATUS=stopping")

    def _send(self, *lines: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
                sender.sendto("\n".join(line.replace("\n", " ") for line in lines).encode(), self._address)
        except OSError:
            # Whoever listened is gone. People's nudges do not depend on it.
            return
