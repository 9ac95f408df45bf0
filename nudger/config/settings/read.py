"""Settings: what an administrator sets. `read_settings` is the one judge of them, for every command.

Where they come from: `setting_sources`. Their types: `setting_types`. What one may look like: `setting_shapes`. Which
need or exclude each other: `setting_pairs`. No problem that is named here repeats a value.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from nudger.config.flaws import Flaw
from nudger.config.settings.env_file import PREFIX
from nudger.config.settings.pairs import clashes
from nudger.config.settings.sources import ENVIRONMENT, Position, Sources, names_like_env_file, read_sources
from nudger.config.settings.types import Settings
from nudger.domain.transport_security import SmtpSecurity
from nudger.errors import Problem, WrongSettingsError

__all__ = ["Settings", "SettingsReading", "SmtpSecurity", "load_settings", "read_settings"]


class SettingsReading(NamedTuple):
    """The settings unless they cannot be used, every problem and warning, and what could be read.

    `places` says where each was set.
    """

    settings: Settings | None
    problems: tuple[Problem, ...]
    readable: Settings
    places: Mapping[str, Position]


_FIELDS = [name for name in Settings.model_fields if name != "config_dir"]
_SECRETS = frozenset({"smtp_password", "twilio_auth_token", "database_url"})
_PROSE = frozenset({"service_name", "contact", "crisis_line", "local_service", "seed", "email_from"})
_PLAIN_WORDS = {"int_parsing": "a whole number is expected"}


def load_settings(*, config_dir: Path, to_send: bool = False) -> Settings:
    """Return the settings, `to_send` or only to look.

    Raises WrongSettingsError with everything that is wrong with them, and no value of any.
    """
    found = read_settings(config_dir)
    errors = tuple(problem for problem in found.problems if not problem.warning)
    if found.settings is None or (errors and to_send):
        raise WrongSettingsError(errors, files=1)
    return found.settings


def read_settings(config_dir: Path) -> SettingsReading:
    """Return what is set, from everywhere, and all that is wrong or doubtful about it; raises nothing."""
    sources = read_sources(config_dir, _FIELDS, _SECRETS)
    settings, wrong = _typed(config_dir, sources)
    clashing, unfit = _clashing(settings, sources)
    problems = [*sources.problems, *wrong, *_cut(sources), *clashing, *names_like_env_file(config_dir)]
    failed = any(not problem.warning for problem in problems)
    ordered = sorted(
        dict.fromkeys((*problems, *unfit)), key=lambda each: (each.file == ENVIRONMENT, each.file, each.line)
    )
    places = {field: given.position for field, given in sources.given.items()}
    return SettingsReading(None if failed else settings, tuple(ordered), settings, places)


def _typed(config_dir: Path, sources: Sources) -> tuple[Settings, list[Problem]]:
    """Return the settings without those that are wrong, and what is wrong with these."""
    values: dict[str, Any] = {field: given.value for field, given in sources.given.items()}
    try:
        return Settings(config_dir=config_dir, **values), []
    except ValidationError as error:
        wrong = [(str(each["loc"][0]), *_words(each)) for each in error.errors(include_input=False)]
    good = {field: value for field, value in values.items() if field not in {name for name, *_ in wrong}}
    problems = [_about(sources, field).problem(f"{PREFIX}{field.upper()}: {what}", more) for field, what, more in wrong]
    return Settings(config_dir=config_dir, **good), problems


def _words(error: Any) -> tuple[str, str]:
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, Flaw):
        return cause.what, cause.expected
    if error["type"] == "value_error":
        return str(cause), ""
    return _PLAIN_WORDS.get(error["type"], "this value cannot be used"), ""


def _about(sources: Sources, field: str) -> Position:
    return sources.given[field].position if field in sources.given else Position(ENVIRONMENT)


def _cut(sources: Sources) -> Iterator[Problem]:
    """Yield what lost its end to a comment, where a ` #` may well belong to the value."""
    for field, given in sources.given.items():
        if given.cut and field in _PROSE | _SECRETS | {"smtp_username"}:
            what = f"{PREFIX}{field.upper()}: everything from ' #' on is a comment"
            remedy = "Put the value in quotes, or the comment on a line of its own."
            yield given.position.problem(what, remedy, warning=field in _PROSE)


def _clashing(settings: Settings, sources: Sources) -> tuple[list[Problem], list[Problem]]:
    """Return what is wrong with the settings together, as far as they could be read; what bars only sending, apart."""
    values = {field: getattr(settings, field) for field in sources.given if field in settings.model_fields_set}
    unknown = sources.broken | (sources.given.keys() - values.keys())
    found: tuple[list[Problem], list[Problem]] = [], []
    for clash in clashes(values):
        if unknown.isdisjoint(clash.fields):
            first = next((field for field in clash.fields if field in sources.given), clash.fields[0])
            problem = _about(sources, first).problem(clash.what, clash.expected, warning=clash.warning)
            found[clash.only_sending].append(problem)
    return found
