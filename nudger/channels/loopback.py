"""Whether a host is this machine itself: the only place where words may travel without TLS."""

from ipaddress import ip_address


def is_loopback(host: str | None) -> bool:
    """Say whether `host` is `localhost` or a loopback address. Names are not looked up: an answer can be forged."""
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False
