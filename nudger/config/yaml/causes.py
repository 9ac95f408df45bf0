"""Why a file is no YAML, where the parser only says where it gave up: quotes, comments, look-alikes, missing spaces.

Each search returns the cause at its own place, or None where it is not the one.
"""

import re
from typing import NamedTuple

import yaml

from nudger.config.flaws import quote
from nudger.config.yaml import lookalikes
from nudger.config.yaml.tree import Mark, mark_of

_SHOWN = 100
_NEAR = 40
"""How many lines above an error are looked at."""

_KEY_LINE = re.compile(r" *(?:- +)?[A-Za-z_][\w-]*:(?: |$)")
_DASH = re.compile(rf"\s*([{re.escape(''.join(lookalikes.DASHES))}])\s")
_COLON = re.compile(rf"\s*(?:- +)?[A-Za-z_][\w-]*\s?([{''.join(lookalikes.COLONS)}])")
_SPACE = re.compile(rf" *(?:-|(?:- +)?[A-Za-z_][\w-]*:)([{lookalikes.SPACES}])")
_QUOTE = re.compile(rf" *(?:- +)?(?:[A-Za-z_][\w-]*: +)?([{re.escape(''.join(lookalikes.QUOTES))}])")
_MEANT = (
    (_DASH, "a hyphen", "Write '- '."),
    (_COLON, "a colon", "Write ': '."),
    (_SPACE, "a space", "Write an ordinary space."),
)
_GLUED_DASH = re.compile(r"( *)-(?=[A-Za-z_][\w-]*:(?: |$))")
_GLUED_COLON = re.compile(r" *(?:- +)?([A-Za-z_]\w*):([^\s:/][^:#]{0,60})\s*\Z")
_NO_COLON = re.compile(r" *(?:- +)?([A-Za-z_]\w*) +([^\s:#][^:#]{0,60})\s*\Z")


class Cause(NamedTuple):
    """A place (from 1), what is wrong there, and what was expected."""

    line: int
    column: int
    what: str
    expected: str


class Text(NamedTuple):
    """The last text that could be read before the error: where it stands, and how it was written."""

    start: Mark
    end: Mark
    style: str
    text: str


def find(error: yaml.MarkedYAMLError, lines: list[str], event: yaml.ScalarEvent | None) -> Cause | None:
    """Return what the writer did that the parser gave up on, where that can be told."""
    position = error.problem_mark or error.context_mark
    if position is None:
        return None
    at, last = mark_of(position), _text_of(event)
    key = mark_of(error.context_mark) if error.context_mark and "simple key" in (error.context or "") else None
    found = _closed_too_early(at, lines, last) if last else None
    found = found or _needs_quotes(at, _line(lines, at.line)) or _escape(error, at, lines)
    found = found or _look_alike(_in_question(at, key, last), lines)
    found = found or (_comment(at, lines, last) if last else None)
    found = found or _glued(_in_question(at, key, last), at, lines)
    return found or (_not_a_block(at, lines, last) if last else None)


def _text_of(event: yaml.ScalarEvent | None) -> Text | None:
    if event is None or event.start_mark is None or event.end_mark is None:
        return None
    return Text(mark_of(event.start_mark), mark_of(event.end_mark), event.style or "", event.value)


def _in_question(at: Mark, key: Mark | None, last: Text | None) -> list[int]:
    """Return the numbers of the lines that the parser made nothing of: other lines may hold anything as prose."""
    joined = range(last.start.line, min(last.end.line, last.start.line + _NEAR) + 1) if last and not last.style else ()
    return list(dict.fromkeys([*([key.line] if key else []), *joined, at.line]))


def _line(lines: list[str], number: int) -> str:
    """Return a line, counted from 1; '' beyond the end, where a parser may give up."""
    return lines[number - 1] if 0 < number <= len(lines) else ""


def _closed_too_early(at: Mark, lines: list[str], last: Text) -> Cause | None:
    """Find a text in quotes after which the line goes on."""
    start, end = last.start, last.end
    if last.style not in {"'", '"'} or end.line != at.line or at.column < end.column:
        return None
    source = _line(lines, at.line)
    if source[end.column - 1 : at.column - 1].strip():
        return None
    if start.line < end.line:
        what = f"the quote that opens here is closed only in line {end.line}, and the text goes on there"
        if any(_KEY_LINE.match(line) for line in lines[start.line : end.line]):
            what = f"the quote that opens here is closed only in line {end.line}"
        return Cause(start.line, start.column, what, f"Write {last.style} where the text ends; {_inside(last.style)}.")
    return Cause(at.line, at.column, "the text goes on after its closing quote", _requoted(source, start, last.style))


def _inside(style: str) -> str:
    return 'inside "…" a quote is written \\"' if style == '"' else "inside '…' an apostrophe is written twice"


def _requoted(source: str, start: Mark, style: str) -> str:
    """Return how to write a text with quotes in it: tried, where it is short and stands alone in its line."""
    written = source[start.column - 1 :].rstrip()
    inner = written[1:-1] if written.endswith(style) else written
    for proposal in (f"'{inner}'", f'"{inner}"', f"'{inner.replace(chr(39), chr(39) * 2)}'"):
        if len(inner) <= _SHOWN and not {"{", "["} & set(source[: start.column - 1]) and _reads_as(proposal, inner):
            return f"Write {proposal}."
    other = '"…"' if style == "'" else "'…'"
    rule = _inside(style)
    return f"{rule[0].upper()}{rule[1:]}; or put the text in {other}."


def _reads_as(proposal: str, text: str) -> bool:
    try:
        events = [event for event in yaml.parse(proposal) if isinstance(event, yaml.ScalarEvent)]
    except yaml.YAMLError:
        return False
    return len(events) == 1 and events[0].value == text


def _needs_quotes(at: Mark, source: str) -> Cause | None:
    """Find a text that begins with a sign that YAML knows as another: `{name|Hi} there`, `*breathe*`, `@home`."""
    match = _ODD_START.match(source)
    if match and match[1][0] in "|>" and re.match(r"[|>] +\S", match[1]):
        what = f"nothing may follow '{match[1][0]}' on its line"
        return Cause(at.line, match.start(1) + 1, what, "Start the text on the next line, two spaces further in.")
    if match is None or at.column < match.start(1) + 1 or len(match[1]) > _SHOWN:
        return None
    if match[1][0] in "{[" and not re.match(r"(\{[^{}]*\}|\[[^\[\]]*\])\s*([^\s#,]|, *[^\s#,:]+( |$))", match[1]):
        return None  # a bracket that is closed nowhere, or wrong inside
    text = match[1].rstrip()
    proposal = next((each for each in (f'"{text}"', f"'{text}'") if _reads_as(each, text)), None)
    what = f"a text that starts with '{text[0]}' needs quotes"
    return Cause(at.line, match.start(1) + 1, what, f"Write {proposal}.") if proposal else None


_ODD_START = re.compile(r" *(?:- +)?[A-Za-z_][\w-]*: +([{\[*&@`%!|>,-][^\n]*)")


def _escape(error: yaml.MarkedYAMLError, at: Mark, lines: list[str]) -> Cause | None:
    """Find a backslash between double quotes, where it begins an escape that there is not."""
    if "unknown escape" not in (error.problem or "") or error.context_mark is None:
        return None
    start = mark_of(error.context_mark)
    written = _line(lines, start.line)[start.column - 1 :].rstrip()
    if start.line != at.line or len(written) > _SHOWN or not written.endswith('"') or len(written) < len('""'):
        return None
    text = written[1:-1]
    unescaped = text.replace("\\'", "'")
    proposals = [f'"{unescaped}"'] if unescaped != text and _reads_as(f'"{unescaped}"', unescaped) else []
    proposals += [each for each in (f"'{text}'",) if _reads_as(each, text)]
    what = "a backslash means something special in double quotes"
    return Cause(at.line, at.column, what, f"Write {proposals[0]}.") if proposals else None


def _look_alike(numbers: list[int], lines: list[str]) -> Cause | None:
    """Find a character that looks like a sign of YAML, in the lines that the parser could not make sense of."""
    for number in numbers:
        line = _line(lines, number)
        if line.isascii():
            continue
        for pattern, sign, remedy in _MEANT:
            if match := pattern.match(line):
                what = f"{lookalikes.named(match[1])} looks like {sign}, and is none"
                return Cause(number, match.start(1) + 1, what, remedy)
        if match := _QUOTE.match(line):
            what = f"{lookalikes.named(match[1])} is no quote that YAML knows"
            return Cause(number, match.start(1) + 1, what, "Put the whole text in straight quotes, \"…\" or '…'.")
    return None


def _comment(at: Mark, lines: list[str], last: Text) -> Cause | None:
    """Find a comment that cut a text off: it goes on in the next line, or its bracket is closed inside the comment."""
    source = _line(lines, last.end.line)
    rest = source[last.end.column - 1 :]
    if last.style or not rest.lstrip().startswith("#") or at.line <= last.end.line:
        return None
    goes_on = not _KEY_LINE.match(_line(lines, at.line)) and ":" not in _line(lines, at.line)
    if not goes_on and not re.search("[]}]", rest):
        return None
    column = last.end.column + len(rest) - len(rest.lstrip())
    return Cause(last.end.line, column, "everything from ' #' on is a comment", "Put the text in quotes.")


def _glued(numbers: list[int], at: Mark, lines: list[str]) -> Cause | None:
    """Find a '-' or a ':' without the space that must come after it, and a key without its ':'."""
    for number in numbers:
        line = _line(lines, number)
        if match := _GLUED_DASH.match(line):
            return Cause(number, match.end(), "there is no space after the '-'", "Write '- '.")
        glued = _GLUED_COLON.match(line)
        match = glued or (_NO_COLON.match(line) if number < at.line else None)
        if match:
            what = "there is no space after the ':'" if glued else f"there is no ':' after {quote(match[1])}"
            written = f"{match[1]}: {match[2].strip(' =')}".strip()
            return Cause(number, match.end(1) + 1, what, f"Write {quote(written)}.")
    return None


def _not_a_block(at: Mark, lines: list[str], last: Text) -> Cause | None:
    """Find a block, `|` or `>`, whose text starts as far left as its key, and a text with a ':' that needs quotes."""
    if last.style in {"|", ">"} and not last.text.strip():
        what = f"the text under '{last.style}' is not indented"
        return Cause(last.start.line, last.start.column, what, "Start its lines two spaces further in than the key.")
    if last.style or last.start.line != at.line or _line(lines, at.line)[at.column - 1 : at.column] != ":":
        return None
    text = _line(lines, at.line)[last.start.column - 1 :].strip()
    proposals = (proposal for proposal in (f'"{text}"', f"'{text}'") if _reads_as(proposal, text))
    if (proposal := next(proposals, None)) is None or len(text) > _SHOWN:
        return None
    what = "a ':' where no key can stand"
    return Cause(at.line, at.column, what, f"If it belongs to the text, write {proposal}.")
