"""Pictures of HTML files, taken by a headless Chromium."""

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


def what_is_missing() -> str | None:
    """Say why there can be no picture, or None."""
    return None if shutil.which("chromium") else "needs chromium (apt install)"


def screenshot(html: Path, png: Path, *, width: int = 600, height: int = 900, dark: bool = False) -> None:
    """Save what a reader sees of a page: `width` 360 is a telephone; `dark` is what they prefer."""
    scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
    with tempfile.TemporaryDirectory(prefix="nudger-browser-", ignore_cleanup_errors=True) as profile:
        done = subprocess.run(
            ["chromium", *FLAGS.split(), scheme, f"--user-data-dir={profile}", f"--window-size={width},{height}",
             f"--screenshot={png}", html.resolve().as_uri()],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60,
        )  # fmt: skip
    assert png.exists(), f"chromium took no picture:\n{done.stdout[-2000:]}"


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
