r"""nudger.env, line by line: `NAME=value`, and every line that is nothing of the kind is named with its place.

What a value says is what arrives: nothing is filled in, no `$HOME`, no `${HOME}`, in no kind of quotes. In single
quotes a value stands as it is; in double quotes `\"` and `\\` mean `"` and `\`; without quotes it ends with the line,
or before a ` #`. A value stands on one line.

No problem found here repeats a value, nor a line that may be a piece of one: it could be a secret.
"""

import os
import re
from pathlib import Path
from typing import NamedTuple

from nudger.config.flaws import Flaw
from nudger.config.yaml.raw_text import decode, oddities, read_bytes
from nudger.errors import Problem

PREFIX = "NUDGER_"
_MAX_BYTES = 256_000
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_ASSIGNMENT = re.compile(r"(?P<lead>[ \t]*(?:export[ \t]+)?)(?P<name>[^=\s]+)[ \t]*=(?P<value>.*)\Z", re.DOTALL)
_BROKEN = re.compile(r"\s*(?:export\s+)?(?P<name>NUDGER_[A-Z_]+)(?:\s*(?P<colon>:)|\s*\Z)", re.IGNORECASE)
_ESCAPE = re.compile(r'\\(["\\$`])')
_ROUND_QUOTES = tuple("\u201c\u201d\u201e\u2018\u2019\u201a\xab\xbb")
_QUOTE = {"'": "single", '"': "double"}
_WRITE = "A line is NAME=value, or begins with # as a comment."


class Line(NamedTuple):
    """One `NAME=value`: the name in capitals, where the value begins, and the line with its value left out."""

    name: str
    value: str
    line: int
    column: int
    source: str
    cut: bool = False
    """Whether a comment followed on the value, without quotes to tell them apart."""

    def __repr__(self) -> str:
        return f"Line({self.name} in line {self.line})"  # the value may be a secret


class EnvFile(NamedTuple):
    """What a file sets, everything that is wrong with how it is written, and the names in lines that are wrong."""

    lines: tuple[Line, ...] = ()
    problems: tuple[Problem, ...] = ()
    broken: frozenset[str] = frozenset()


def read_env_file(path: Path) -> EnvFile:
    """Return what the file says; where there is none, nothing. Raises nothing: trouble of any kind is a problem."""
    if not os.path.lexists(path):
        return EnvFile()
    try:
        lines = _lines(read_bytes(path, _MAX_BYTES))
    except Flaw as flaw:
        return EnvFile(problems=(Problem(file=str(path), line=0, column=0, what=flaw.what, expected=flaw.expected),))
    reader = _Reader(str(path))
    for number, line in enumerate(lines, start=1):
        reader.read(number, line)
    return EnvFile(tuple(reader.lines), tuple(reader.problems), frozenset(reader.broken))


def _lines(data: bytes) -> list[bytes]:
    """Return the lines, without a byte order mark. Raises Flaw for what is no text in UTF-8 at all."""
    if b"\0" in data[:1000] or data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        decode(data)
    return re.split(rb"\r\n|\r|\n", data.removeprefix(b"\xef\xbb\xbf"))


class _Reader:
    """Reads one line after another; knows which quote was left open before."""

    def __init__(self, file: str) -> None:
        self.lines: list[Line] = []
        self.problems: list[Problem] = []
        self.broken: set[str] = set()
        self._file = file
        self._first: dict[str, int] = {}
        self._open = ""

    def read(self, number: int, line: bytes) -> None:
        """Take a line, or note what is wrong with it."""
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            column = len(line[: error.start].decode()) + 1
            self._note(number, column, f"byte 0x{line[error.start]:02X} is not UTF-8", "Save the file as UTF-8.")
            return
        if odd := oddities([text]):
            self._note(number, odd[0].column, odd[0].flaw.what, odd[0].flaw.expected)
        elif (bare := text.strip()) and not bare.startswith("#"):
            match = _ASSIGNMENT.match(text)
            ours = match is not None and match["name"].upper().startswith(PREFIX)
            if match is not None and _NAME.match(match["name"]) and (ours or not self._open):
                self._assign(number, text, match)
            else:
                self._complain(number, text)

    def _assign(self, number: int, text: str, match: re.Match[str]) -> None:
        self._open = ""
        name, raw = match["name"].upper(), match["value"]
        column = len(text) - len(raw.lstrip(" \t")) + 1
        source = f"{text[: column - 1]}…" if name.startswith(PREFIX) else ""
        if (first := self._first.setdefault(name, number)) != number:
            what = f"{_shown(name)} is set twice, first in line {first}"
            self._note(number, match.start("name") + 1, what, "Keep one of the two.", source=source)
        try:
            value, cut = _value(raw)
        except Flaw as flaw:
            self._open = flaw.part
            self.broken.add(name)
            self._note(number, column, flaw.what, flaw.expected, source=source)
        else:
            self.lines.append(Line(name, value, number, column, source, cut))

    def _complain(self, number: int, text: str) -> None:
        if self._open:
            # The rest of a value that was begun above: said once, there.
            self._open = "" if self._open in text else self._open
            return
        if match := _BROKEN.match(text):
            self.broken.add(match["name"].upper())
        self._note(number, len(text) - len(text.lstrip()) + 1, *_no_assignment(text.strip()))

    def _note(self, number: int, column: int, what: str, expected: str = "", *, source: str = "") -> None:
        problem = Problem(file=self._file, line=number, column=column, what=what, expected=expected, source=source)
        self.problems.append(problem)


def _value(raw: str) -> tuple[str, bool]:
    """Return a value as it was meant, and whether a comment was cut off. Raises Flaw; `part` is a quote left open."""
    text = raw.strip(" \t")
    if text[:1] in _QUOTE:
        return _quoted(text), False
    if text[:1] in _ROUND_QUOTES:
        what = f"the value begins with a typographic quotation mark, U+{ord(text[0]):04X}"
        raise Flaw(what, "Write straight ones, ' or \". Put it all in straight ones where the mark belongs to it.")
    value, *comment = re.split(r"[ \t]#", raw, maxsplit=1)
    value = value.strip(" \t")
    return value, bool(comment and value)


def _quoted(raw: str) -> str:
    quote = raw[0]
    pattern = r"'([^']*)'" if quote == "'" else r'"((?:[^"\\]|\\.)*)"'
    match = re.match(pattern, raw, re.DOTALL)
    if match is None:
        kind = _QUOTE[quote]
        raise Flaw(f"a {kind} quote is opened here and never closed", "A value ends on its own line.", part=quote)
    rest = raw[match.end() :].strip(" \t")
    if rest and not rest.startswith("#"):
        other = '"' if quote == "'" else "'"
        remedy = (
            f"Put all of it between {other}" if other not in raw else 'Put all of it between ", and write \\" for "'
        )
        raise Flaw("the value goes on after its closing quote", f"{remedy}; a comment begins with #.")
    if quote == "'":
        return match[1]
    if re.search(r"(?<!\\)(?:\\\\)*\\[$`]", match[1]):
        raise Flaw("a backslash before $ or ` in double quotes", "Leave it out: nothing is filled in here anyway.")
    return _ESCAPE.sub(r"\1", match[1])


def _no_assignment(text: str) -> tuple[str, str]:
    """Return what is wrong with a line that sets nothing, and what to write; of the line only what is surely a name."""
    if match := _BROKEN.match(text):
        name = match["name"].upper()
        found = "is followed by ':' where '=' is expected" if match["colon"] else "has no '=' and no value"
        return f"{name} {found}", f"Write {name}=value, or delete the line."
    if re.match(r"(set|setenv|setx|let|declare|env)[ \t]", text, re.IGNORECASE):
        return "this line is a command", "Write only NAME=value."
    if "=" in text:
        return "what stands before the '=' is no name of a setting", f"{_WRITE} Names are like NUDGER_SMTP_HOST."
    return "this line sets nothing", _WRITE


def _shown(name: str) -> str:
    """Return a name, if it is surely one: what has no prefix of ours may be a piece of a secret."""
    return name if name.startswith(PREFIX) else "this name"
