"""How words travel to a server, and where they may without TLS: to this machine itself, and nowhere else."""

from enum import StrEnum
from ipaddress import ip_address


class SmtpSecurity(StrEnum):
    """How a mail connection is encrypted."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"
    """In clear: to this machine itself only."""


def is_loopback(host: str | None) -> bool:
    """Say whether `host` is `localhost` or a loopback address. Names are not looked up: an answer can be forged."""
    name = (host or "").lower()
    if name == "localhost":
        return True
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
