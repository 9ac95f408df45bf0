"""PyYAML's syntax errors in plain words, at the place where the writer's mistake is."""

import re

import yaml

from nudger.config.flaws import quote
from nudger.config.yaml import causes, foreign
from nudger.config.yaml.causes import Cause

_PLAIN = (
    (
        "mapping values are not allowed",
        "a ':' where no key can stand",
        "Is a line indented too far? If the ':' belongs to the text, put the whole text in quotes.",
    ),
    ("could not find expected ':'", "a key without its ':'", "Write 'key: value'."),
    ("found unexpected end of stream", "the quote that opens here is never closed", "Close it."),
    ("found unexpected document indicator", "the quote that opens here is never closed", "Close it."),
    ("unknown escape character", "a backslash means something special in double quotes", "Use single quotes."),
    ("',' or ']'", "a list in brackets is not closed, or a comma is missing", "Write [one, two]."),
    ("',' or '}'", "a mapping in braces is not closed, or a comma is missing", "Write {key: value, key: value}."),
    (
        "did not find expected key",
        "this line does not fit the ones above it",
        "Keys that belong together start in the same column; a text with quotes in it needs quotes around it.",
    ),
    (
        "did not find expected '-' indicator",
        "this line does not fit the list above it",
        "Every entry starts with '- ' in the same column, and its keys are indented by two spaces more.",
    ),
    ("expected <block end>", "this line does not fit the ones above it", "Check how far it is indented."),
    (
        "block sequence entries are not allowed",
        "a '-' where no list can start",
        "Put the list on the lines below its key.",
    ),
    (
        "<document start>",
        "something is left over after the end of the first value",
        "A file is one mapping: its keys start in the first column.",
    ),
    ("expected node content", "a bracket, a brace or a comma with no value after it", "Write [one, two]."),
    ("unknown directive", "a text cannot start with '%' here", "Put it in quotes."),
    ("alphabetic or numeric character", "a text that starts with '&' or '*' needs quotes", "Put it in quotes."),
    ("comment or line break", "nothing may follow '|' or '>' on its line", "Start the text on the next line."),
    ("found undefined tag handle", "a text that starts with '!' needs quotes", "Put it in quotes."),
    ("did not find URI", "a text that starts with '!' needs quotes", "Put it in quotes."),
    ("unexpected ':'", "a ':' inside a text in brackets or braces", "Put the text in quotes."),
)

_CLOSE_IT = "Close it."
_NEVER_CLOSED = re.compile("end of stream|document indicator|alphabetic or numeric")


def explain(error: yaml.MarkedYAMLError, lines: list[str], last: yaml.ScalarEvent | None) -> Cause:
    """Return the place (from 1), what is wrong and what was expected, in words for someone who never saw a parser.

    `last` is the last text that could be read before the error.
    """
    problem = error.problem or ""
    mark = error.problem_mark or error.context_mark
    if error.context_mark and (_NEVER_CLOSED.search(problem) or _at_the_end(mark, lines)):
        mark = error.context_mark  # where it opens says more than where the file ends
    if mark is None:
        return Cause(0, 0, f"this is no YAML: {problem}", "")
    found = foreign.find(mark.line + 1, lines) or causes.find(error, lines, last)
    if found is not None:
        return found
    if "could not find expected ':'" in problem and error.context_mark:
        mark = error.context_mark  # the key, not what comes after it
    line, column = min(mark.line + 1, len(lines)), mark.column + 1
    what, expected = _words(problem, lines[line - 1], column)
    if expected == _CLOSE_IT and (mark_there := lines[line - 1][column - 1 : column]) in {"'", '"'}:
        expected = f"Write {mark_there} where the text ends."
    return Cause(line, column, what, expected)


def _at_the_end(mark: yaml.Mark | None, lines: list[str]) -> bool:
    return (
        mark is not None
        and not any(line.strip() for line in lines[mark.line + 1 :])
        and (mark.line >= len(lines) or not lines[mark.line][mark.column :].strip())
    )


def _words(problem: str, source: str, column: int) -> tuple[str, str]:
    if re.match(r" *\t", source):
        return "a tab at the start of the line", "Indent with spaces."
    if "cannot start any token" in problem:
        letter = source[column - 1 : column]
        if letter == "\t":
            return "a tab before a value", "Use spaces."
        return f"a text cannot start with {quote(letter)} here", "Put it in quotes."
    for words, what, expected in _PLAIN:
        if words in problem:
            return what, expected
    return f"this is no YAML: {problem}", ""
