"""Ports on 127.0.0.1, and servers that need a moment before they answer there."""

import socket
import time


def free_port() -> int:
    """Find a port that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_until_answers(*ports: int, limit: float = 20) -> None:
    """Wait until something accepts connections on each of these ports."""
    give_up = time.monotonic() + limit
    for port in ports:
        while not _answers(port):
            assert time.monotonic() < give_up, f"nothing answers on port {port} after {limit:.0f} s"
            time.sleep(0.05)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
