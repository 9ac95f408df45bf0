"""Where settings come from: the environment, then nudger.env, then credentials; the first that says something counts.

A credential (systemd.exec(5), LoadCredential) is a file that nobody else can read: `nudger_smtp_password` in
$CREDENTIALS_DIRECTORY is NUDGER_SMTP_PASSWORD. In the environment an empty value says: as if it were set nowhere.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from nudger.config.flaws import Flaw, visible
from nudger.config.locations import CREDENTIALS, ENV_FILE
from nudger.config.privacy import remark_on_mode
from nudger.config.settings import names
from nudger.config.settings.env_file import PREFIX, Line, read_env_file
from nudger.config.yaml.raw_text import read_bytes
from nudger.errors import Problem

ENVIRONMENT = "environment"
_MAX_SECRET = 64_000
_HERE = "NUDGER_CONFIG_DIR"
_LONGEST_NAME = 60
_ALMOST = frozenset({ENV_FILE, f".{ENV_FILE}", f"{ENV_FILE}.yaml", "nudger.evn", "nugder.env", "nudgerenv"})
_MAY_SET = re.compile(
    r"(?:.*\.)?env(?:\.(?!example|sample|dist|bak|old|template)[a-z]+)?|nudger\.(?:conf|cfg|ini|rc|toml|sh)|(?:settings|config)\.(?:ini|conf)",
    re.IGNORECASE,
)
_SETS = re.compile(rb"^\s*(?:export\s+)?NUDGER_[A-Z_]+\s*=", re.MULTILINE)


class Position(NamedTuple):
    """Where a setting is written: a line of nudger.env (with its value left out), a credential, or the environment."""

    file: str
    line: int = 0
    column: int = 0
    source: str = ""

    def problem(self, what: str, expected: str = "", *, warning: bool = False) -> Problem:
        """Return a problem at this place."""
        return Problem(**self._asdict(), what=what, expected=expected, warning=warning)


class Given(NamedTuple):
    """What one setting was given, and where."""

    value: str
    position: Position
    cut: bool = False

    def __repr__(self) -> str:
        return f"Given({self.position.file}:{self.position.line})"  # the value may be a secret


class Sources(NamedTuple):
    """Every setting that was given, by its field's name; what is wrong; and fields of which it is not known."""

    given: Mapping[str, Given]
    problems: tuple[Problem, ...]
    broken: frozenset[str]


def read_sources(config_dir: Path, fields: Iterable[str], secrets: frozenset[str]) -> Sources:
    """Return what is set for these fields, from everywhere."""
    reader = _Sources(config_dir, frozenset(fields))
    reader.environment(os.environ)
    reader.env_file(secrets)
    reader.credentials(os.environ.get(CREDENTIALS, ""))
    given = {field: each for field, each in reader.given.items() if each.value}
    return Sources(given, tuple(reader.problems), frozenset(reader.broken - given.keys()))


def nothing_is_set(config_dir: Path) -> bool:
    """Say whether nothing is set anywhere, and nothing looks as if it were meant to be."""
    if any(name.upper().startswith(PREFIX) and name.upper() != _HERE for name in os.environ):
        return False
    file = read_env_file(config_dir / ENV_FILE)
    return not (file.lines or file.problems or os.environ.get(CREDENTIALS) or any(names_like_env_file(config_dir)))


class _Sources:
    """Reads one source after another: what was given before stays."""

    def __init__(self, config_dir: Path, fields: frozenset[str]) -> None:
        self.given: dict[str, Given] = {}
        self.problems: list[Problem] = []
        self.broken: set[str] = set()
        self._file = config_dir / ENV_FILE
        self._fields = fields
        self._known = [field.upper() for field in fields]

    def environment(self, environment: Mapping[str, str]) -> None:
        """Take the NUDGER_ variables."""
        for name in sorted(environment):
            if not name.upper().startswith(PREFIX) or name.upper() == _HERE:
                continue
            position = Position(ENVIRONMENT)
            if (field := self._field(name)) is None:
                self.problems.append(position.problem(f"{_safe(name)} is no setting of nudger", self._remedy(name)))
            else:
                self.given.setdefault(field, Given(environment[name].strip(), position))

    def env_file(self, secrets: frozenset[str]) -> None:
        """Take the lines of nudger.env."""
        file = read_env_file(self._file)
        self.problems += file.problems
        self.broken |= {field for name in file.broken if (field := self._field(name))}
        for line in file.lines:
            position = Position(str(self._file), line.line, line.column, line.source)
            if line.name == _HERE:
                what = "NUDGER_CONFIG_DIR has no effect here: it says where this file is"
                self.problems.append(position.problem(what, "Delete the line, and use --config."))
            elif (field := self._field(line.name)) is None:
                self.problems.append(self._no_setting(line, position))
            elif field not in self.given:
                self.given[field] = Given(line.value, position, line.cut)
        if any(
            self.given[field].position.file == str(self._file) and self.given[field].value
            for field in secrets & self.given.keys()
        ):
            self.problems += remark_on_mode(self._file, "it holds a secret")

    def credentials(self, folder: str) -> None:
        """Take the files of the folder that systemd made for us."""
        if not folder:
            return
        try:
            names = sorted(os.listdir(folder))  # noqa: PTH208 - names will do
        except OSError as error:
            what = f"the folder of credentials cannot be read: {(error.strerror or 'unknown trouble').lower()}"
            self.problems.append(Position(visible(folder)).problem(what, f"${CREDENTIALS} names it.", warning=True))
            return
        for name in names:
            path = Path(folder, name)
            position = Position(visible(str(path)))
            field = self._field(name)
            if field is not None:
                self._credential(field, path, position)
            elif name.lower().startswith("nudger"):
                self.problems.append(
                    position.problem("this credential is no setting of nudger", self._file_remedy(name))
                )
            elif self._field(PREFIX + name) is not None:
                what = "this credential is not read"
                self.problems.append(position.problem(what, f"Call it {PREFIX.lower()}{name.lower()}.", warning=True))

    def _credential(self, field: str, path: Path, position: Position) -> None:
        if self.given.get(field, Given("", position)).value:
            what = f"{PREFIX}{field.upper()} is set elsewhere, too, and that counts"
            self.problems.append(position.problem(what, "Set it in one place.", warning=True))
            return
        try:
            value = _secret(path)
        except Flaw as flaw:
            self.problems.append(position.problem(flaw.what, flaw.expected))
            self.broken.add(field)
        else:
            self.given[field] = Given(value, position)
            self.problems += remark_on_mode(path, "it is a secret")

    def _field(self, name: str) -> str | None:
        """Return the field that a name stands for."""
        lower = name.lower()
        field = lower.removeprefix(PREFIX.lower())
        return field if field != lower and field in self._fields else None

    def _no_setting(self, line: Line, position: Position) -> Problem:
        at_name = position._replace(column=line.source.find(line.name[:1]) + 1 if line.source else 1)
        if line.name.startswith(PREFIX):
            return at_name.problem(f"{_safe(line.name)} is no setting of nudger", self._remedy(line.name))
        return at_name.problem(f"this name has no {PREFIX} before it, and sets nothing", self._remedy(line.name))

    def _remedy(self, name: str) -> str:
        return names.remedy(name, self._known)

    def _file_remedy(self, name: str) -> str:
        return self._remedy(name.partition(".")[0]).replace(PREFIX, PREFIX.lower())


def _safe(name: str) -> str:
    """Return a name as it can be shown."""
    return visible(name[:_LONGEST_NAME]) + ("…" if len(name) > _LONGEST_NAME else "")


def _secret(path: Path) -> str:
    """Return what a credential says, without what editors add: a byte order mark, a final line end.

    Raises Flaw, which shows nothing of it: for any other encoding than UTF-8, and for more than one line.
    """
    data = read_bytes(path, _MAX_SECRET)
    if b"\0" in data or data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise Flaw("this is no text in UTF-8; it looks like UTF-16", "Save it as UTF-8.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Flaw(f"this is no text in UTF-8, from line {line} on", "Save it as UTF-8.") from None
    value = text.strip(" \t\r\n")
    if not value:
        raise Flaw("this credential is empty", "Put the secret into it, or take the file away.")
    if "\n" in value or "\r" in value:
        raise Flaw("this credential has more than one line", "The secret alone belongs in it.")
    if value.upper().startswith(PREFIX) and "=" in value:
        raise Flaw("this credential holds NAME=value", "The value alone belongs in it, without quotes.")
    return value


def names_like_env_file(config_dir: Path) -> Iterator[Problem]:
    """Yield a warning for a file beside nudger.env, or in its stead, that looks as if it were read."""
    try:
        names = sorted(os.listdir(config_dir))  # noqa: PTH208 - names will do
    except OSError:
        return
    for name in names:
        plain = name.lower().removesuffix(".txt").replace("-", ".").replace("_", ".")
        position = Position(str(config_dir / name))
        if name != ENV_FILE and plain in _ALMOST:
            yield position.problem("this file is not read", f"Call it {ENV_FILE}.", warning=True)
        elif name != ENV_FILE and _MAY_SET.fullmatch(name) and _sets_something(config_dir / name):
            yield position.problem("this file is not read", f"Its settings belong into {ENV_FILE}.", warning=True)


def _sets_something(path: Path) -> bool:
    try:
        return bool(_SETS.search(read_bytes(path)))
    except Flaw:
        return False
