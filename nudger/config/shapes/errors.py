"""pydantic's findings in words a person can act on, each at its place in the file."""

from collections import Counter
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from nudger.config import other_names
from nudger.config.conditions.read import ONLY_IF, SKIP_IF
from nudger.config.findings import Findings, Position
from nudger.config.flaws import Flaw, listed, nearest, quote, sentences
from nudger.config.shape import Shape, as_yaml, keys_of
from nudger.config.shapes.put_in_place import SHAPES, faults, list_proposals, reads
from nudger.config.yaml import lookalikes
from nudger.config.yaml.tree import Listing, Mapping, Node, Part, Plain, Scalar, plain

_MAX_ERRORS = 100
_MAX_STRANGE = 10
"""Unknown keys of one place that are named; where there are more, something else is wrong."""
_SHORT = 4
"""Of what people call a key, words of so many letters are near to too much."""

Model = TypeVar("Model", bound=Shape)


def check_shape(findings: Findings, position: Position, model: type[Model]) -> Model | None:
    """Return what stands at `position` as a model, or None after noting everything that is wrong with it."""
    try:
        return model.model_validate(plain(position.node))
    except ValidationError as error:
        every, strange = _bounded(error.errors(include_url=False, include_input=False))
        misspelt = {(*d["loc"][:-1], _meant(position, d, model)) for d in every if d["type"] == "extra_forbidden"}
        for details in every:
            if not (details["type"] == "missing" and details["loc"] in misspelt):
                _note(findings, position, details, model)
        for around, count in strange.items():
            if count > _MAX_STRANGE:
                what = f"there are {count - _MAX_STRANGE:,} more keys here that nudger does not know"
                findings.error(position.at(*around), what, "Is it the right file, and indented as it is meant?")
        return None


def _bounded(every: list[ErrorDetails]) -> tuple[list[ErrorDetails], Counter[tuple[Part, ...]]]:
    """Return the first of all that is wrong, with a few unknown keys of each place, and how many there are of those."""
    kept: list[ErrorDetails] = []
    strange: Counter[tuple[Part, ...]] = Counter()
    for details in every:
        if details["type"] == "extra_forbidden":
            around = details["loc"][:-1]
            strange[around] += 1
            if strange[around] > _MAX_STRANGE:
                continue
        kept.append(details)
    return kept[:_MAX_ERRORS], strange


def well_shaped(position: Position, model: type[Model]) -> Model | None:
    """Return what stands at `position` as a model, or None without a word: it was all said before."""
    try:
        return model.model_validate(plain(position.node))
    except ValidationError:
        return None


def _note(findings: Findings, position: Position, details: ErrorDetails, model: type[Shape]) -> None:
    loc = details["loc"]
    kind, facts = details["type"], details.get("ctx", {})
    if kind == "extra_forbidden" and _more_of_a_list(findings, position.at(*loc[:-1]), str(loc[-1]), model):
        return
    if kind == "extra_forbidden":
        _unknown_key(findings, position.at(*loc[:-1]), str(loc[-1]), model)
        return
    position = position.at(*loc[:-1] if kind == "missing" else loc)
    node = position.node
    if isinstance(node, Scalar) and node.absent and kind != "missing":
        return  # "has no value" was said already
    if kind == "dict_type" and loc[-1] in {ONLY_IF, SKIP_IF}:
        return  # conditions are read by themselves, and say it better
    if kind == "value_error" and isinstance(facts.get("error"), Flaw):
        if comment := _glued_comment(position, model):
            what = f"{quote(node.text if isinstance(node, Scalar) else '')} is read as one word with its comment"
            findings.error(position, what, "Write a space before the '#'.", part=comment)
        else:
            findings.flaw(position, facts["error"])
    elif kind == "missing":
        _missing(findings, position, str(loc[-1]))
    elif kind == "too_short" and _count(node) >= facts["min_length"]:
        return  # there are enough; the wrong ones among them were named
    else:
        findings.error(position, *_words(kind, facts, position, model))


def _count(node: Node) -> int:
    return len(node.items) if isinstance(node, Listing) else 1


def _words(kind: str, facts: dict[str, Any], position: Position, model: type[Shape]) -> tuple[str, str]:
    node = position.node
    shown = (
        quote(node.text) if isinstance(node, Scalar) else "a list" if isinstance(node, Listing) else "keys and values"
    )
    if kind == "too_short" and facts["min_length"] == 1:
        return (
            "the list is empty",
            f"Write one at least, or {'delete the file' if len(position.loc) == 1 else 'leave the key out'}.",
        )
    if kind in {"too_short", "too_long"}:
        return f"{facts.get('min_length') or facts['max_length']} values are expected here", _example(position)
    if kind == "tuple_type":
        proposals = list_proposals(node.text) if isinstance(node, Scalar) else []
        one = next((f"Write {as_yaml(list(each))}." for each in proposals if reads(position, model, each)), "")
        return f"a list is expected here, not {shown}", one or _example(position) or _as_list(position, model)
    if kind in {"model_type", "model_attributes_type", "dict_type"}:
        named = tuple(item.text for item in node.items if isinstance(item, Scalar)) if isinstance(node, Listing) else ()
        people: dict[str, Plain] = {"recipients": named}
        if position.keys[-1:] == ("to",) and named and reads(position, model, people):
            either = " or ".join(f"{{{key}: {as_yaml(list(named))}}}" for key in ("recipients", "groups"))
            return f"keys and values are expected here, not {shown}", f"Write {either}."
        return f"keys and values are expected here, not {shown}", _example(position)
    return "this is not what is expected here", _example(position)


def _as_list(position: Position, model: type[Shape]) -> str:
    """Return how to write a list, and what may stand in it."""
    several = "Write [one, two], or lines that start with '- '."
    node = position.node
    found = faults(position, model, (node.text,)) if isinstance(node, Scalar) else []
    flaws = [flaw for details in found if isinstance(flaw := details.get("ctx", {}).get("error"), Flaw)]
    return sentences(several, flaws[0].expected if flaws else "")


def _glued_comment(position: Position, model: type[Shape]) -> str:
    """Return a comment that lacks the space before it, where what stands before it reads well; '' for none."""
    node = position.node
    if not isinstance(node, Scalar) or node.quoted or "#" not in node.text:
        return ""
    value, _, comment = node.text.partition("#")
    return f"#{comment}" if value.strip() and reads(position, model, value.strip()) else ""


def _example(position: Position) -> str:
    shape = SHAPES.get(position.keys[:-1])
    field = keys_of(shape).get(position.keys[-1]) if shape else None
    if field is not None and field.examples:
        return f"Write {' or '.join(as_yaml(example) for example in field.examples)}."
    inner = SHAPES.get(position.keys)
    return f"Keys: {', '.join(keys_of(inner))}." if inner else ""


def _missing(findings: Findings, position: Position, key: str) -> None:
    shape = SHAPES.get(position.keys)
    field = keys_of(shape).get(key) if shape else None
    findings.error(position, f"{quote(key)} is missing", _about(field) if field else "")


def _about(field: FieldInfo) -> str:
    kind = field.annotation
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return listed(word.value for word in kind)
    return field.description or ""


def _keys_there(position: Position, model: type[Shape]) -> list[str]:
    return list(keys_of(SHAPES.get(position.keys, model)))


def _meant(position: Position, details: ErrorDetails, model: type[Shape]) -> str | None:
    return _meant_key(position.at(*details["loc"][:-1]), str(details["loc"][-1]), model)


def _meant_key(position: Position, key: str, model: type[Shape]) -> str | None:
    known, said = _keys_there(position, model), lookalikes.latin(key).strip(" '\"").lower()
    word = said.partition(":")[0].partition(" ")[0]  # the value too, where only a look-alike of a space parts the two
    if (meant := other_names.meant([said, word], known, other_names.OF_KEYS)) or _home_of(position, said):
        return meant
    spoken = {name: known_name for known_name in known for name in other_names.OF_KEYS.get(known_name, "").split()}
    return nearest(said, known) or spoken.get(nearest(said, filter(_is_long, spoken)) or "")


def _is_long(word: str) -> bool:
    return len(word) > _SHORT


def _home_of(position: Position, key: str) -> str:
    """Say where in the same entry a key belongs that is not known here, but is near by; '' where that is nowhere."""
    here = position.keys
    for path, shape in SHAPES.items():
        if len(path) > 1 and path != here and path[:-1] in (here, here[:-1]) and key in keys_of(shape):
            return f"It belongs into `{path[-1]}`."
        if len(here) > 1 and path == here[:-1] and key in keys_of(shape):
            return f"It belongs beside `{here[-1]}`, not into it."
    return ""


def _more_of_a_list(findings: Findings, position: Position, key: str, model: type[Shape]) -> bool:
    """Note the rest of a list that was written without brackets, `days: mon, tue`; say whether it is one."""
    node = position.node
    if not isinstance(node, Mapping):
        return False
    lone = [name for name, entry in node.entries.items() if isinstance(entry.value, Scalar) and not entry.value.text]
    if key not in lone:
        return False
    names = list(node.entries)
    before = next((name for name in reversed(names[: names.index(key)]) if name not in lone), "")
    value = node.entries[before].value if before else None
    if not isinstance(value, Scalar) or not value.text:
        return False
    run = [name for name in names[names.index(before) + 1 :] if name in lone]
    if faults(position.at(before), model, (value.text, *run)):
        return False
    expected = f"Write {before}: {as_yaml([value.text, *run])}."
    findings.error(position.at(key), f"{quote(key)} stands alone: a list needs brackets", expected, at_key=True)
    return True


def _unknown_key(findings: Findings, position: Position, key: str, model: type[Shape]) -> None:
    known, meant = _keys_there(position, model), _meant_key(position, key, model)
    odd = lookalikes.first(key)
    hint = f"Did you mean '{meant}'?" if meant else _home_of(position, lookalikes.latin(key).strip(" '\"").lower())
    if meant and isinstance(position.node, Mapping) and (other := position.node.entries.get(meant)):
        hint = f"Did you mean '{meant}'? It is there already, in line {other.key.start.line}: keep one."
    expected = sentences(listed(known), hint)
    findings.error(
        position.at(key), f"{quote(key)} is no key here{f': {odd} is in it' if odd else ''}", expected, at_key=True
    )
