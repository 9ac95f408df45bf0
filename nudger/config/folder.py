"""Which files a configuration folder has."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from nudger.config.beside import ENDINGS, belongs_elsewhere, is_folder, note_in_folder
from nudger.config.findings import Findings, Position
from nudger.config.yaml.raw_text import DIVIDE
from nudger.config.yaml.source import read_yaml
from nudger.config.yaml.tree import Document, Mapping

_MAX_FILES = 1000


def read_folder(findings: Findings, folder: Path) -> list[Document]:
    """Return the YAML files directly inside a folder, in the order of their names, after noting what is wrong."""
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if _counts(findings, folder, entry))
    except OSError as error:
        what = f"cannot be read: {(error.strerror or 'unknown trouble').lower()}"
        findings.about(f"{folder}{os.sep}", what, "A new folder with everything in it: nudger init DIR.")
        return []
    if not names:
        findings.about(f"{folder}{os.sep}", "no file in this folder ends in .yaml", "At least one is needed.")
    if len(names) > _MAX_FILES:
        findings.about(f"{folder}{os.sep}", f"this folder has {len(names):,} files", f"At most {_MAX_FILES:,}.")
    documents = [read_document(findings, folder / name) for name in names[:_MAX_FILES]]
    return [document for document in documents if not _is_of_another_kind(findings, folder, document)]


def _is_of_another_kind(findings: Findings, folder: Path, document: Document) -> bool:
    """Say whether a file belongs elsewhere, after noting where: nothing that is in it would be known here."""
    key = next(iter(document.root.entries), "") if isinstance(document.root, Mapping) else ""
    expected = belongs_elsewhere(key, folder)
    if expected:
        findings.error(Position(document), f"a file of {folder.name} does not begin with '{key}'", expected)
    return bool(expected)


def fingerprint(folders: Iterable[str], files: Iterable[str]) -> tuple[object, ...]:
    """Return what tells whether any file changed: names, sizes and times, without reading them.

    (Of texts, not paths: a service looks every few seconds, all day long.)
    """
    inside = [f"{folder}{os.sep}{name}" for folder in folders for name in sorted(_yaml_names(folder))]
    return tuple([_stat(path) for path in (*inside, *files)])


def _stat(path: str) -> tuple[object, ...]:
    try:
        status = os.stat(path)  # noqa: PTH116 - see fingerprint
    except OSError:
        return (path,)
    return (path, status.st_mtime_ns, status.st_size, status.st_ino)


def read_document(findings: Findings, path: Path, *, too_large: str = DIVIDE) -> Document:
    """Return a YAML file, after noting what is wrong with it. `too_large`: what to do about one that is."""
    document = read_yaml(path, str(path), too_large=too_large)
    findings.document(document)
    return document


def _counts(findings: Findings, folder: Path, entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith("."):
        return False
    folder_there = is_folder(entry)
    if folder_there and any(_yaml_names(folder / entry.name)):
        what = "YAML files in a folder inside this one are not read"
        findings.about(f"{folder / entry.name}{os.sep}", what, f"Move them up to {folder}{os.sep}.", warning=True)
        return False
    if entry.name.endswith(ENDINGS) and not folder_there:
        return True
    note_in_folder(findings, folder, entry)
    return False


def _yaml_names(folder: str | Path) -> Iterator[str]:
    try:
        return (name for name in os.listdir(folder) if name.endswith(ENDINGS))  # noqa: PTH208 - names will do
    except OSError:
        return iter(())
