"""What lies beside the files that are read and is nearly one of them: named, because otherwise nobody would miss it."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from nudger.config.findings import Findings
from nudger.config.flaws import Flaw, nearest
from nudger.config.locations import CRISIS_LINES, ENV_FILE, FOLDERS, RECIPIENTS
from nudger.config.yaml.raw_text import decode, read_bytes

ENDINGS = (".yaml", ".yml")
_MOST = 20
"""Of one folder: it is another kind of folder, then."""

_LEFT_ALONE = re.compile(
    r"\.|#.*#\Z|.*(~|\.sw[a-z]|\.(bak|old|orig|rej|save|tmp|temp|part|disabled|off|example|sample|dist|md|rst|json"
    r"|html?|py|sh|csv|lock|log|db|toml|cfg|ini|rpmnew|rpmsave|rpmorig|dpkg-[a-z]+|ucf-[a-z]+))(\.[0-9]+)?\Z",
    re.IGNORECASE | re.DOTALL,
)
"""Hidden files, backups of editors, and what is plainly something else."""

_NEARLY = re.compile(r"[. _-]+(?:ya?a?ml|yalm|ymal|yamal|yamll|yam)(?:[. _-]+[a-z0-9]{1,4}| *)\Z", re.IGNORECASE)
_PERHAPS = re.compile(r"[^.]*\Z|.*\.te?xt\Z|.*\.conf\Z", re.IGNORECASE | re.DOTALL)
_PLACES = {"schedules": "schedules", "limits": "schedules", "choosing": "schedules", "library": "messages"}
_FILES = {"recipients": RECIPIENTS, "crisis_lines": CRISIS_LINES}
_START = re.compile(r"(?:\s*(?:#[^\n]*)?\n)*\s*(?:---\s*\n\s*)?([a-z_]+)\s*:")
_ENOUGH = 20_000
"""Characters in which a file's first key stands."""


def note_in_folder(findings: Findings, folder: Path, entry: "os.DirEntry[str]") -> None:
    """Note an entry of schedules/ or messages/ that is not read, and looks as if it were meant to be."""
    if _LEFT_ALONE.match(entry.name):
        return
    path = folder / entry.name
    if is_folder(entry):
        if _NEARLY.search(entry.name):
            _note(findings, f"{path}{os.sep}", "this is a folder, and not read", "A file is expected here.")
        return
    if _NEARLY.search(entry.name) or _first_key(path) in _PLACES:
        if not _is_text(path):
            _note(findings, str(path), "this file is not read: it is no text", "Text whose name ends in .yaml is read.")
            return
        name = _renamed(entry.name)
        rename = f"rename it to {name}" if not (folder / name).exists() else f"{name} is there, is this a copy?"
        expected = f"Its name must end in .yaml: {rename}".rstrip(".") + ("" if rename.endswith("?") else ".")
        _note(findings, str(path), "this file is not read", expected)


def is_folder(entry: "os.DirEntry[str]") -> bool:
    """Say whether an entry is a folder, or a link to one; a link that leads round in a circle is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def look_around(findings: Findings, config_dir: Path, recipients_path: Path | None) -> None:
    """Note files and folders of a configuration that are nearly those that are read."""
    for path in sorted(_candidates(config_dir, recipients_path))[:_MOST]:
        if path.is_dir():
            meant = nearest(path.name, FOLDERS)
            inside = [path / name for name in sorted(_names(path)) if name.lower().endswith(ENDINGS)][:_MOST]
            if meant and inside:
                _note(findings, f"{path}{os.sep}", "this folder is not read", f"Its files belong into {meant}{os.sep}.")
            elif not meant:
                for file in inside:
                    _note_file(findings, file, _first_key(file), config_dir)
        elif key := _first_key(path):
            _note_file(findings, path, key, config_dir)
    for path in (config_dir / RECIPIENTS, config_dir / "var" / RECIPIENTS):
        if recipients_path is not None and not _same(path, recipients_path) and _first_key(path) == "recipients":
            what = f"this file is not read: the people are in {recipients_path}"
            _note(findings, str(path), what, "Put its people there, or take the file away.")


def _note_file(findings: Findings, path: Path, key: str, config_dir: Path) -> None:
    if key in _PLACES:
        _note(
            findings,
            str(path),
            "this file is not read here",
            f"Move it to {_PLACES[key]}{os.sep}{_renamed(path.name)}.",
        )
    elif key in _FILES:
        usual = config_dir / _FILES[key]
        more = (
            f"Put its entries into {usual.name}."
            if usual.exists()
            else f"{'Rename' if path.parent == config_dir else 'Move'} it to {usual.name}."
        )
        _note(findings, str(path), "this file is not read", more)


def _note(findings: Findings, name: str, what: str, expected: str) -> None:
    findings.unread.append(name)
    findings.about(name, what, expected, warning=True)


def _candidates(config_dir: Path, recipients_path: Path | None) -> list[Path]:
    """Return what of a configuration's own folder may have been meant, apart from what is read."""
    read = {*FOLDERS, CRISIS_LINES, ENV_FILE, "var", "credentials"}
    others = [name for name in _names(config_dir) if name not in read and not _LEFT_ALONE.match(name)]
    paths = [config_dir / name for name in others if name != RECIPIENTS]
    usual = recipients_path if recipients_path is not None else config_dir / RECIPIENTS
    return [path for path in paths if path != usual and (_is_candidate(path.name) or path.is_dir())]


def _is_candidate(name: str) -> bool:
    return bool(_NEARLY.search(name) or _PERHAPS.match(name))


def _renamed(name: str) -> str:
    """Return a name with the ending that is read."""
    stem = _NEARLY.sub("", name)
    return f"{stem if stem != name else Path(name).stem}.yaml"


def _first_key(path: Path) -> str:
    """Return the key that a file begins with; '' for a file that is no such text."""
    try:
        text = decode(read_bytes(path))
    except Flaw:
        return ""
    match = _START.match(text[:_ENOUGH])
    return match[1] if match and match[1] in _PLACES | _FILES else ""


def _is_text(path: Path) -> bool:
    try:
        decode(read_bytes(path))
    except Flaw:
        return False
    return True


def belongs_elsewhere(key: str, folder: Path) -> str:
    """Return where a file of schedules/ or messages/ belongs that begins with this key; '' for where it is."""
    if key in _FILES:
        usual = folder.parent / _FILES[key]
        return f"Put its entries into {usual.name}." if usual.exists() else f"Move it to {usual.name}, one folder up."
    meant = _PLACES.get(key, folder.name)
    return "" if meant == folder.name else f"Move it to {meant}{os.sep}."


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of the two is not there
        return False


def _names(folder: Path) -> Iterable[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - names will do
    except OSError:
        return ()
