"""Every key of a kind of file in tables, for people: built from the schema that editors go by."""

import json
import re
from typing import Any

from nudger.config import shape
from nudger.config.conditions.schema import NAME, in_tables
from nudger.config.editors.schema import json_schema
from nudger.config.shapes import recipient, when
from nudger.config.values import dates, recurrences, regions, scalars

_HEAD = """\
# Every key of a file of {kind}

This page is written by nudger itself: `nudger schema {kind} --format markdown`. What stands in a file is checked
against the same words by `nudger check`.
"""
PATTERNS = {
    scalars.ID_PATTERN: "an id (small letters, digits, hyphens)",
    scalars.KEY_PATTERN: "library/id",
    scalars.TIME_PATTERN: "a time (08:30)",
    scalars.DAYS_PATTERN: "a number of days or weeks",
    recurrences.EVERY_PATTERN: "a number of days or weeks",
    recurrences.NTH_PATTERN: "a day of the month by its weekday (first monday, last friday)",
    recurrences.STRETCH_PATTERN: "from-to (1-14), or from- (15-)",
    dates.DAY_OF_MONTH_PATTERN: "",
    f"^{dates.MONTH_DAY_PATTERN}$": "month-day (12-24)",
    f"^{dates.DATE_PATTERN}$": "a date (2026-12-24)",
    when.SPAN_PATTERN: "a span (2026-12-20 to 2027-01-03)",
    shape.DURATION_PATTERN: "a length of time (45 minutes, 2 hours)",
    shape.LANGUAGE_PATTERN: "a language tag (en, pt-BR)",
    recipient.PAUSE_PATTERN: "until a date, a date to a date, or a date",
    recipient.HARD_DATE_PATTERN: "month-day (11-03) or a date",
    recipient.QUIET_PATTERN: "from-to (21:00-08:00), or none",
    recipient.WEEKEND_QUIET_PATTERN: "from-to (21:00-08:00), none, or same",
    recipient.PHONE_PATTERN: "a phone number (+14135550123)",
    recipient.EMAIL_PATTERN: "an e-mail address",
    regions.REGION_PATTERN: "an ISO 3166 code (US, US-MA)",
    scalars.MONTH_PATTERN: "year-month (2027-11)",
    shape.DAY_PATTERN: "",
    shape.HOLIDAYS_PATTERN: "",
    when.LAST_PATTERN: "",
    "^[0-9]+$": "",
}
"""What each pattern means in words; nothing, where another choice beside it says so already."""

Schema = dict[str, Any]


def reference(kind: str) -> str:
    """Return the tables of a kind of file as Markdown; raise KeyError for a kind that there is not."""
    schema = json_schema(kind)
    shapes = schema["$defs"]
    tables = [_table({**schema, "title": f"The file: {kind}"}, shapes)]
    named = [name for name in _as_they_come(schema, shapes) if "properties" in shapes[name]]
    tables += [in_tables() if name == NAME else _table(shapes[name], shapes) for name in named]
    return "\n".join([_HEAD.format(kind=kind), *tables])


def _as_they_come(schema: Schema, shapes: dict[str, Schema]) -> list[str]:
    """Return the names of the shapes, each after the one that speaks of it first."""
    found: list[str] = []
    waiting = [schema]
    while waiting:
        text = json.dumps(waiting.pop(0)["properties"])
        for name in re.findall(r'"#/\$defs/(\w+)"', text):
            if name not in found:
                found.append(name)
                waiting += [shapes[name]] if "properties" in shapes[name] else []
    return found


def _table(schema: Schema, shapes: dict[str, Schema]) -> str:
    required = schema.get("required", [])
    rows = [_row(key, each, shapes, required=key in required) for key, each in schema["properties"].items()]
    head = ["| key | meaning | values | if not there | examples |", "|---|---|---|---|---|"]
    return "\n".join([f"## {schema['title']}", "", schema["description"], "", *head, *rows, ""])


def _row(key: str, schema: Schema, shapes: dict[str, Schema], *, required: bool) -> str:
    values = dict.fromkeys(filter(None, _values(schema, shapes)))
    default = "*it has to be there*" if required else _code(schema["default"]) if "default" in schema else ""
    examples = "<br>".join(_code(shape.as_yaml(example)) for example in schema.get("examples", ()))
    cells = (f"`{key}`", schema.get("description", ""), ", ".join(values), default, examples)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _values(schema: Schema, shapes: dict[str, Schema]) -> list[str]:
    """Return what may stand there, each in a few words."""
    if "$ref" in schema:
        inner = shapes[schema["$ref"].rpartition("/")[2]]
        return [_link(inner)] if "properties" in inner else _values(inner, shapes)
    if "enum" in schema or "const" in schema:
        return [_code(word) for word in schema.get("enum") or [schema["const"]]]
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return _any_of(choices, shapes)
    return [_of_type(schema, shapes)]


def _any_of(choices: list[Schema], shapes: dict[str, Schema]) -> list[str]:
    single = [choice for choice in choices if choice.get("type") != "array"]
    several = ["a list of these"] if len(single) < len(choices) > 1 else []
    return [*(value for choice in single for value in _values(choice, shapes)), *several]


def _of_type(schema: Schema, shapes: dict[str, Schema]) -> str:
    match schema["type"]:
        case "array":
            return f"a list, each {' or '.join(dict.fromkeys(filter(None, _values(schema['items'], shapes))))}"
        case "integer":
            return f"{schema['minimum']} to {schema['maximum']:,}"
        case "boolean":
            return ""
        case _:
            return PATTERNS[schema["pattern"]] if "pattern" in schema else "text"


def _link(inner: Schema) -> str:
    anchor = re.sub("[^a-z0-9]+", "-", inner["title"].lower())
    return f"[{inner['title']}](#{anchor})"


def _code(text: str) -> str:
    return f"`{text}`"
