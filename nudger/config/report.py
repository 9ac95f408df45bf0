"""Problems as people read them, and as programs do."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from nudger.config.flaws import visible
from nudger.errors import Problem
from nudger.prose.columns import columns
from nudger.prose.english import plural

_WIDTH = 100
_BEFORE = 60


def as_text(problems: Iterable[Problem], *, files: int) -> str:
    """Return every problem with its source line and a caret, and the count as the last line."""
    problems = list(problems)
    return "\n".join([*map(render_problem, problems), summary(problems, files)])


def render_problem(problem: Problem) -> str:
    """Return the headline, the source line, and a caret under the place."""
    headline = visible(headline_of(problem))
    if not problem.line or not problem.source:
        return headline
    shown, carets = _excerpt(problem)
    number = f"{problem.line:>7}"
    return f"{headline}\n{number} | {shown}\n{' ' * len(number)} | {carets}"


def headline_of(problem: Problem) -> str:
    """Return the problem on one line; a file as a whole has no line and no column."""
    return problem.headline().replace(f"{problem.file}:0:0:", f"{problem.file}:", 1)


def summary(problems: Iterable[Problem], files: int) -> str:
    """Return `3 errors, 1 warning in 12 files.`."""
    problems = list(problems)
    warnings = sum(problem.warning for problem in problems)
    errors = len(problems) - warnings
    parts = [_counted(errors, "error")] if errors or not warnings else []
    parts += [_counted(warnings, "warning")] if warnings else []
    return f"{', '.join(parts)} in {_counted(files, 'file')}."


def as_records(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Return the problems as plain records, for JSON."""
    records = []
    for problem in problems:
        record = asdict(problem)
        record["level"] = "warning" if record.pop("warning") else "error"
        del record["source"]  # it may hold a phone number, and the file is at hand
        record["path"] = list(problem.path)
        records.append(record)
    return records


def _counted(count: int, noun: str) -> str:
    return plural(count, noun) if count else f"no {noun}s"


def _excerpt(problem: Problem) -> tuple[str, str]:
    """Return the part of the source line round the place, and the carets below it."""
    begin = max(0, problem.column - 1 - _BEFORE) if len(problem.source) > _WIDTH else 0
    before = problem.source[begin : problem.column - 1]
    under = problem.source[problem.column - 1 : begin + _WIDTH][: problem.width]
    after = problem.source[problem.column - 1 + len(under) : begin + _WIDTH]
    start, end = "…" if begin else "", "…" if begin + _WIDTH < len(problem.source) else ""
    shown = f"{start}{_show(before)}{_show(under)}{_show(after)}{end}"
    carets = " " * (len(start) + columns(_show(before))) + "^" * max(1, columns(_show(under)))
    return shown.rstrip(), carets


def _show(text: str) -> str:
    return visible(text.replace("\t", "    "))
