"""HTML files in a headless Chromium: pictures of them, and what they ask for on the network."""

import json
import re
import shutil
import subprocess
import tempfile
import zlib
from pathlib import Path

FLAGS = (
    "--headless --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars "
    # root needs this; nothing but pages of our own is opened
    "--no-sandbox"
)

NO_PAGE = "not an origin"
"""Whose requests Chromium's log calls so: the browser's own."""


def what_is_missing() -> str | None:
    """Say why there can be no picture, or None."""
    return None if shutil.which("chromium") else "needs chromium (apt install)"


def screenshot(html: Path, png: Path, *, width: int = 600, height: int = 900, dark: bool = False) -> None:
    """Save what a reader sees of a page: `width` 360 is a telephone; `dark` is what they prefer."""
    scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
    said = _open(html, scheme, f"--window-size={width},{height}", f"--screenshot={png}")
    assert png.exists(), f"chromium took no picture:\n{said}"


def printed_pages(html: Path, pdf: Path) -> int:
    """Print a page, and return how many sheets that takes."""
    said = _open(html, "--no-pdf-header-footer", f"--print-to-pdf={pdf}")
    assert pdf.exists(), f"chromium printed nothing:\n{said}"
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))


def after_scripts(html: Path, *, width: int) -> str:
    """Return a page's elements as they are once its scripts have run."""
    return _open(html, f"--window-size={width},900", "--dump-dom", keep=None)


def requests(html: Path, log: Path) -> list[str]:
    """Return the addresses that a page asks for besides its own, whether or not anybody answers there."""
    said = _open(html, f"--log-net-log={log}", f"--screenshot={log.with_suffix('.png')}")
    assert log.exists(), f"chromium kept no log:\n{said}"
    events = (each.get("params", {}) for each in json.loads(log.read_text())["events"])
    started = {each["url"] for each in events if each.get("initiator", NO_PAGE) != NO_PAGE and "url" in each}
    return sorted(started - {html.resolve().as_uri()})


def _open(html: Path, *flags: str, keep: int | None = 2000) -> str:
    """Open a page and close it again; return the end of what Chromium said, or (`keep` None) all of it."""
    with tempfile.TemporaryDirectory(prefix="nudger-browser-", ignore_cleanup_errors=True) as profile:
        done = subprocess.run(
            ["chromium", *FLAGS.split(), f"--user-data-dir={profile}", *flags, html.resolve().as_uri()],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60,
        )  # fmt: skip
    return done.stdout if keep is None else done.stdout[-keep:]


def shades(png: Path) -> int:
    """Count the different byte values in a picture's rows: a blank page has a handful, text has many."""
    return len(set(zlib.decompress(_chunks(png.read_bytes()))))


def _chunks(data: bytes) -> bytes:
    """Join the picture data of a PNG file: chunks of length, kind, data, checksum."""
    found, at = b"", 8
    while at < len(data):
        length = int.from_bytes(data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            found += data[at + 8 : at + 8 + length]
        at += length + 12
    return found
