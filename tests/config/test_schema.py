"""JSON Schema for editors: as committed, complete, and neither stricter nor much laxer than the reader."""

import json
from pathlib import Path

import pytest

from nudger.config.editors.reference import reference
from nudger.config.editors.schema import KINDS, json_schema
from nudger.config.yaml.source import parse_yaml
from nudger.config.yaml.tree import Listing, Scalar
from tests.config.json_schema import complaints as find_complaints

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SCHEMAS = ROOT / "nudger" / "config" / "schemas"


def as_an_editor_sees_it(node):
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Listing):
        return [as_an_editor_sees_it(item) for item in node.items]
    return {key: as_an_editor_sees_it(entry.value) for key, entry in node.entries.items()}


def complaints(kind, text):
    return find_complaints(as_an_editor_sees_it(parse_yaml(text, "x").root), json_schema(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_the_committed_schema_is_the_generated_one(kind):
    """If not: nudger schema KIND > nudger/config/schemas/KIND.json."""
    committed = (SCHEMAS / f"{kind}.json").read_text()
    assert committed == json.dumps(json_schema(kind), indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_explained(kind):
    schema = json_schema(kind)
    for shape in (schema, *schema["$defs"].values()):
        for name, key in shape.get("properties", {}).items():
            assert key.get("description"), name


@pytest.mark.parametrize("path", sorted([*ROOT.glob("schedules/*.yaml"), *ROOT.glob("messages/*.yaml")]), ids=str)
def test_shipped_files_fit_their_schema(path):
    assert complaints(path.parent.name, path.read_text()) == []


@pytest.mark.parametrize(("kind", "name"), [*((kind, kind) for kind in KINDS), ("schedules", "more-schedules")])
def test_good_files_fit_their_schema(kind, name):
    assert complaints(kind, (HERE / "good" / f"{name}.yaml").read_text()) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_reference_names_every_key_and_knows_a_word_for_every_pattern(kind):
    text = reference(kind)
    schema = json_schema(kind)
    for shape in (schema, *schema["$defs"].values()):
        for key in shape.get("properties", {}):
            assert f"| `{key}` |" in text, key


def test_the_committed_reference_is_the_generated_one():
    """If not: nudger schema schedules --format markdown > schedules/REFERENCE.md."""
    assert (ROOT / "schedules" / "REFERENCE.md").read_text() == reference("schedules").rstrip() + "\n"


def test_a_number_may_be_one_for_an_editor_too():
    limits = {"limits": {"per_day": 2, "gap": "3 hours"}}
    assert find_complaints(limits, json_schema("schedules")) == []
    assert find_complaints({"limits": {"per_day": 99}}, json_schema("schedules")) == ["/limits/per_day"]


@pytest.mark.parametrize(
    ("kind", "text", "where"),
    [
        ("schedules", "schedules: []", ["/schedules"]),
        ("schedules", "schedules:\n- {id: x, to: everyone}", ["/schedules/0"]),
        ("schedules", "schedules:\n- {id: X, to: everyone, when: {at: '9:30'}}", ["/schedules/0/id"]),
        ("schedules", "limits: {}", ["/limits"]),
        (
            "schedules",
            "schedules:\n- {id: x, to: everyone, missed: never, when: {at: '9:30'}}",
            ["/schedules/0/missed"],
        ),
        (
            "schedules",
            "schedules:\n- {id: x, to: everyone, when: {days: 6th mon, at: night}}",
            ["/schedules/0/when/days"],
        ),
        (
            "schedules",
            "schedules:\n- {id: x, to: everyone, when: {dates: 24.12., at: night}}",
            ["/schedules/0/when/dates"],
        ),
        (
            "recipients",
            "recipients:\n- {id: a, time_zone: x, sms: '+14135550123', place: usa}",
            ["/recipients/0/place"],
        ),
        ("schedules", "schedules:\n- {id: x, to: {}, when: {at: '9:30'}}", ["/schedules/0/to"]),
        ("schedules", "schedules:\n- {id: x, to: everyon, when: {at: '9:30'}}", ["/schedules/0/to"]),
        ("schedules", "schedules:\n- {id: x, to: everyone, when: {days: mon}}", ["/schedules/0/when"]),
        ("schedules", "schedules:\n- {id: x, to: everyone, when: {at: mornig}}", ["/schedules/0/when/at"]),
        ("schedules", "schedules:\n- {id: x, to: everyone, when: {at: night, on: mon}}", ["/schedules/0/when/on"]),
        (
            "messages",
            "library: x\nmessages:\n- {id: a, component: mindfulness, practice: x, sms: y}",
            ["/messages/0/practice"],
        ),
        ("messages", "library: x\nmessages:\n- {id: a, component: mindfulness, practice: journal}", ["/messages/0"]),
        ("recipients", "recipients:\n- {id: a, time_zone: x, sms: 0170 123}", ["/recipients/0/sms"]),
        ("recipients", "recipients:\n- {id: a, time_zone: x}", ["/recipients/0"]),
    ],
)
def test_an_editor_underlines_what_is_wrong(kind, text, where):
    assert complaints(kind, text) == where
