"""What came into a file from elsewhere, or was left in it: fences, merges, bullets; and a bracket that is never closed.

Each search returns the cause at its own place, or None where it is not the one.
"""

import re

from nudger.config.flaws import quote
from nudger.config.yaml.causes import Cause

_FENCE = re.compile(r"(```|~~~)")
_MERGE = re.compile(r"(?:<{7}|>{7})(?: |$)|={7}$")
_BULLET = re.compile(r" *([*+\u2022\u2023\u25e6\u25aa\u25cf\u2219\u00b7]) +(?=[A-Za-z_][\w-]*:(?: |$))")
_SOME_LINES = 3
"""Above an error: how far a list's entry may begin before the parser gives up on it."""

_VALUE = re.compile(r" *(?:- +)?[A-Za-z_][\w-]*: +(?=[\[{])")
_CLOSES = {"[": "]", "{": "}"}


def find(line: int, lines: list[str]) -> Cause | None:
    """Return what the parser stumbled over at a line (from 1), where that is no YAML that somebody wrote."""
    return _leftover(line, lines) or _bullet(line, lines) or _bracket(line, lines)


def _leftover(line: int, lines: list[str]) -> Cause | None:
    """Find the fence of a code block around a file, and the marks of a merge."""
    for number, text in enumerate(lines, start=1):
        if _MERGE.match(text):
            return Cause(number, 1, "a merge was left unfinished here", "Keep one version, and delete the marks.")
    first = next((number for number, text in enumerate(lines, start=1) if text.strip()), 0)
    for number in (first, line):
        if 0 < number <= len(lines) and (match := _FENCE.match(lines[number - 1])):
            return Cause(number, 1, f"{quote(match[0])} belongs to Markdown, not to YAML", "Delete the line.")
    return None


def _bullet(line: int, lines: list[str]) -> Cause | None:
    for number in range(line, max(line - _SOME_LINES, 0), -1):
        if number <= len(lines) and (match := _BULLET.match(lines[number - 1])):
            return Cause(number, match.start(1) + 1, f"{quote(match[1])} begins no entry of a list", "Write '- '.")
    return None


def _bracket(line: int, lines: list[str]) -> Cause | None:
    """Find a bracket that another kind of bracket closes, in the line at fault."""
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    match = _VALUE.match(text)
    opened: list[tuple[int, str]] = []
    quoted = ""
    for at in range(match.end() if match else len(text), len(text)):
        letter = text[at]
        if quoted or (letter in "'\"" and not text[at - 1].isalnum()):
            quoted = "" if letter == quoted else quoted or letter
        elif letter in _CLOSES:
            opened.append((at, letter))
        elif letter in "]}" and opened:
            begins, bracket = opened.pop()
            if letter != _CLOSES[bracket]:
                what = f"the '{bracket}' that opens here is never closed"
                return Cause(line, begins + 1, what, f"Write {_CLOSES[bracket]} behind its last word.")
    return None
