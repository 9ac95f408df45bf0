"""`nudger schema`."""

import json

import click

from nudger.files.schema import KINDS, json_schema


@click.command(name="schema")
@click.argument("kind", type=click.Choice(list(KINDS)))
def command(kind: str) -> None:
    """Print the JSON Schema of a KIND of file, for editors and other tools.

    In an editor with a YAML language server, the first line of each starter file already points to it.
    """
    click.echo(json.dumps(json_schema(kind), indent=2, ensure_ascii=False))
