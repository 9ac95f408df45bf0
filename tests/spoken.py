"""From the mappings of a scenario to a catalog: written down as the operator's files, and read as the service does."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from nudger.config.catalog import read_configuration
from nudger.config.report import as_text
from nudger.domain.catalog import Catalog
from nudger.domain.schedules import Schedule
from tests.make import make_message

A_FEW = 9
"""So many messages are enough to read schedules beside. All of them are read once, and not for every story."""


class Keys(dict):
    """A mapping of which every key must be taken: a misspelt one is an error, not a promise that is never tested."""

    def take(self, key, read=str, default=None):
        return read(self.pop(key)) if key in self else default

    def done(self, what):
        assert not self, f"{what}: unknown keys {sorted(self)}"


def catalog(*, people, schedules, messages, limits=None, hello=False) -> Catalog:
    """Return what the service reads from such files; an operator's mistake fails the story with the report of it."""
    rules = {"schedules": [_schedule(each) for each in schedules]} | ({"limits": limits} if limits else {})
    files = {"schedules/all": rules, "recipients": {"recipients": [_person(each) for each in people]}}
    few = {"messages/kind": _library("kind", messages[:A_FEW])}
    return replace(_read(_texts(files | few)), messages=_messages(messages, hello=hello))


def schedule(given: Mapping) -> Schedule:
    """Return what the service reads of one schedule, whoever and whatever it is for."""
    files = {"schedules/all": {"schedules": [_schedule(given)]}, "messages/kind": _library("kind", described("1"))}
    return _read(_texts(files)).schedules[0]


def described(given: str | list) -> list[dict]:
    """Return so many messages, `m0` and on, or those that a story describes, with all that a file says of each."""
    some = [{"id": f"m{n}"} for n in range(int(given))] if isinstance(given, str) else given
    return [_message(each["id"]) | each for each in some]


def _messages(messages: list[dict], *, hello: bool):
    any_schedule = {"schedules": [_schedule({"id": "any", "when": {"at": "morning"}})]}
    files = {"messages/kind": _library("kind", messages), "schedules/all": any_schedule}
    if hello:
        files["messages/hello"] = _library("hello", described([{"id": "hello"}])) | {"purpose": "welcome"}
    return _read(_texts(files)).messages


def _library(name: str, messages: list[dict]) -> dict:
    return {"library": name, "messages": messages}


def _message(name: str) -> dict:
    made = make_message(name)
    mail = {"subject": made.email.subject, "body": made.email.body}
    return {"component": made.component.value, "practice": made.practice.value, "sms": made.sms, "email": mail}


def _person(given: Mapping) -> dict:
    """Fill in what a story need not say of a person."""
    mail = {} if "sms" in given else {"email": f"{given['id']}@example.org"}
    return {"time_zone": "Etc/UTC"} | mail | given


def _schedule(given: Mapping) -> dict:
    return {"to": "everyone"} | given


def _texts(files: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple((name, yaml.dump(what, Dumper=yaml.CSafeDumper, sort_keys=False)) for name, what in files.items())


@lru_cache(maxsize=64)
def _read(files: tuple[tuple[str, str], ...]) -> Catalog:
    with TemporaryDirectory(prefix="nudger-story-") as name:
        folder = Path(name)
        for path, text in files:
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / f"{path}.yaml").write_text(text, encoding="utf-8")
        people = folder / "recipients.yaml"
        reading = read_configuration(folder, people if people.exists() else None)
        assert reading.catalog is not None, as_text(reading.problems, files=reading.files)
        return reading.catalog
