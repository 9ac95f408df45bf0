"""As much of JSON Schema as our schemas use, so that a test can see what an editor would underline."""

import re

IGNORED = {"title", "description", "default", "examples", "$defs", "$schema"}
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}


def complaints(value, schema, root=None, path=""):
    """Return the paths at which the value does not fit."""
    root = root or schema
    found = []
    for keyword, fact in schema.items():
        if keyword not in IGNORED:
            found += RULES[keyword](value, fact, schema, root, path)
    return found


def fits(value, schema, root):
    return not complaints(value, schema, root)


def unless(holds):
    return lambda value, fact, schema, root, path: [] if holds(value, fact, root) else [path]


def check_properties(value, fact, schema, root, path):
    present = [name for name in fact if isinstance(value, dict) and name in value]
    return [c for name in present for c in complaints(value[name], fact[name], root, f"{path}/{name}")]


def check_extra(value, fact, schema, root, path):
    assert fact is False
    return [f"{path}/{name}" for name in value if name not in schema["properties"]] if isinstance(value, dict) else []


def check_items(value, fact, schema, root, path):
    items = enumerate(value) if isinstance(value, list) else ()
    return [c for n, item in items for c in complaints(item, fact, root, f"{path}/{n}")]


def check_reference(value, fact, schema, root, path):
    return complaints(value, root["$defs"][fact.removeprefix("#/$defs/")], root, path)


RULES = {
    "type": unless(lambda value, fact, root: isinstance(value, TYPES[fact])),
    "const": unless(lambda value, fact, root: value == fact),
    "enum": unless(lambda value, fact, root: value in fact),
    "pattern": unless(lambda value, fact, root: not isinstance(value, str) or re.search(fact, value)),
    "required": unless(lambda value, fact, root: not isinstance(value, dict) or value.keys() >= set(fact)),
    "minimum": unless(lambda value, fact, root: not isinstance(value, int) or value >= fact),
    "maximum": unless(lambda value, fact, root: not isinstance(value, int) or value <= fact),
    "minLength": unless(lambda value, fact, root: not isinstance(value, str) or len(value) >= fact),
    "maxLength": unless(lambda value, fact, root: not isinstance(value, str) or len(value) <= fact),
    "minItems": unless(lambda value, fact, root: not isinstance(value, list) or len(value) >= fact),
    "maxItems": unless(lambda value, fact, root: not isinstance(value, list) or len(value) <= fact),
    "minProperties": unless(lambda value, fact, root: not isinstance(value, dict) or len(value) >= fact),
    "anyOf": unless(lambda value, fact, root: any(fits(value, each, root) for each in fact)),
    "oneOf": unless(lambda value, fact, root: sum(fits(value, each, root) for each in fact) == 1),
    "properties": check_properties,
    "additionalProperties": check_extra,
    "items": check_items,
    "$ref": check_reference,
}
