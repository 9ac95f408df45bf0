"""`nudger schema`."""

import json

import click

from nudger.config.editors.reference import reference
from nudger.config.editors.schema import KINDS, json_schema


@click.command(name="schema")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "markdown"]),
    default="json",
    help="json (for editors, the default) or markdown (tables of every key, for people).",
)
def command(kind: str, form: str) -> None:
    """Print what may stand in a KIND of file: JSON Schema for editors and other tools, or tables to read.

    In an editor with a YAML language server, the first line of each starter file already points to it.
    """
    text = (
        reference(kind).rstrip() if form == "markdown" else json.dumps(json_schema(kind), indent=2, ensure_ascii=False)
    )
    click.echo(text)
