"""JSON Schema of the three kinds of file: what editors complete from, and what other tools may check with."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from nudger.config.conditions.schema import NAME, condition_schema
from nudger.config.shape import CONDITION_REF, Shape
from nudger.config.shapes.message import MessagesFile
from nudger.config.shapes.recipient import RecipientsFile
from nudger.config.shapes.schedule import SchedulesFile

KINDS: dict[str, type[Shape]] = {
    "schedules": SchedulesFile,
    "messages": MessagesFile,
    "recipients": RecipientsFile,
}
"""The kinds of file, by the key that each starts with."""


def json_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of a kind of file; raise KeyError for a kind that there is not.

    Draft 7, which every editor knows. It cannot say all that `nudger check` does, and refuses nothing that is fine, as
    long as what an editor takes for a number is in quotes.
    """
    schema = KINDS[kind].model_json_schema(schema_generator=_ForEditors)
    if CONDITION_REF in str(schema):
        schema["$defs"] |= {NAME: condition_schema()}
    return {"$schema": "http://json-schema.org/draft-07/schema#", **schema}


class _ForEditors(GenerateJsonSchema):
    """As people write the files: no null, and of the defaults only those that are words."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        inner = self.generate_inner(schema["schema"])
        default = schema.get("default")
        return {**inner, "default": str(default)} if isinstance(default, str) and default else inner

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        """Return the keywords in order; what stands in a file (its keys, its examples) keeps its own."""
        if value.get("title") == CONDITION_REF:
            value = {"$ref": CONDITION_REF} | {key: value[key] for key in value if key not in {"title", "type"}}
        found = value if parent_key == "properties" else dict(sorted(value.items()))
        return {key: each if key == "examples" else self._sorted(each, key) for key, each in found.items()}

    def _sorted(self, value: Any, key: str) -> Any:
        if isinstance(value, list):
            return [self._sorted(each, key) for each in value]
        return self.sort(value, key) if isinstance(value, dict) else value

    def get_title_from_name(self, name: str) -> str:
        return name.replace("_", " ")
