"""crisis_lines.yaml: where help is. The shipped one, and the operator's own in place of parts of it."""

from datetime import date, timedelta
from importlib import resources
from pathlib import Path

from nudger.config.entries import read_entries
from nudger.config.findings import Findings, Position, Written
from nudger.config.locations import CRISIS_LINES
from nudger.config.shapes.crisis_lines import CrisisLinesFile, CrisisLineShape
from nudger.config.yaml.source import read_yaml
from nudger.config.yaml.tree import Document
from nudger.domain.crisis_lines import CrisisLine, CrisisLines, overridden
from nudger.errors import ConfigError

SHIPPED = Path(str(resources.files("nudger.config").joinpath("data", CRISIS_LINES)))
STALE_AFTER = timedelta(days=365)


def load_crisis_lines(config_dir: Path) -> CrisisLines:
    """Return the shipped lines, but for the countries of CONFIG/crisis_lines.yaml; raise ConfigError if it is wrong."""
    findings = Findings()
    written = read_crisis_lines(findings, config_dir)
    if any(not problem.warning for problem in findings.problems):
        raise ConfigError(findings.problems, files=1)
    return tuple(each.value for each in written)


def read_crisis_lines(findings: Findings, config_dir: Path) -> list[Written[CrisisLine]]:
    """Return the lines that count, each with its place, after noting what is wrong with the operator's file."""
    own_path = config_dir / CRISIS_LINES
    own = _read(findings, own_path, str(own_path)) if own_path.exists() else []
    shipped = _read(findings, SHIPPED, f"nudger/config/data/{CRISIS_LINES}")
    counting = set(overridden((each.value for each in shipped), tuple(each.value for each in own)))
    return [each for each in (*own, *shipped) if each.value in counting]


def check_age(findings: Findings, lines: list[Written[CrisisLine]], today: date) -> None:
    """Warn of lines that nobody confirmed, or not for a year."""
    for line in lines:
        where, name = line.position.at("verified_on"), line.value.name
        if line.value.verified_on is None:
            findings.warning(where, f"nobody has confirmed '{name}'", f"Read it at its source. {_OWN}")
        elif line.value.verified_on + STALE_AFTER < today:
            what = f"'{name}' was last confirmed on {line.value.verified_on}"
            findings.warning(where, what, f"Read it at its source again. {_OWN}")


_OWN = f"Yours goes into {CRISIS_LINES} beside schedules/."


def _read(findings: Findings, path: Path, name: str) -> list[Written[CrisisLine]]:
    document: Document = read_yaml(path, name)
    findings.document(document)
    entries = read_entries(findings, document, "crisis_lines", CrisisLinesFile, CrisisLineShape)
    return [Written(line, position) for position, shape in entries if (line := _line(findings, position, shape))]


def _line(findings: Findings, position: Position, shape: CrisisLineShape) -> CrisisLine | None:
    if not (shape.call or shape.text or shape.web):
        findings.error(position, "there is no way to reach it", "Give call, text or web.")
        return None
    return CrisisLine(
        country=shape.country,
        name=shape.name,
        call=shape.call,
        then_press=shape.then_press,
        text=shape.text,
        text_word=shape.text_word,
        web=shape.web,
        languages=tuple(language.partition("-")[0] for language in shape.languages),
        hours=shape.hours,
        source=shape.source,
        verified_on=shape.verified_on,
    )
