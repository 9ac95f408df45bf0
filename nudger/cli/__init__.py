"""Floor 8: the command line, one function per command, in a module of its own that is imported when it is called.

(`nudger check` must not wait for a database or a mail library to be imported.)
"""

import importlib
from pathlib import Path

import click

from nudger import __version__

_COMMANDS = {
    "run": ("nudger.cli.run", "Serve: send what falls due, until stopped."),
    "check": ("nudger.cli.check", "Look for mistakes in schedules, messages and recipients."),
    "library": ("nudger.cli.library", "Show what the message libraries hold, and what could be better."),
    "preview": ("nudger.cli.preview", "Show what will be sent: when, to whom, in which words."),
    "explain": ("nudger.cli.explain", "Say in plain English what a schedule does, and when next."),
    "simulate": ("nudger.cli.simulate", "Try the schedules on made-up people: how much, how often, what is held."),
    "status": ("nudger.cli.status", "Show what went out, what did not, and what comes next."),
    "send": ("nudger.cli.send", "Send one nudge to one person now, for a test."),
    "recipients": ("nudger.cli.recipients", "Import, list, show, stop and resume people."),
    "hold": ("nudger.cli.hold", "Stop everything, now."),
    "release": ("nudger.cli.release", "Let everything go on after a hold."),
    "guard": ("nudger.cli.guard", "Show, release or discard what the guard against storms holds."),
    "reload": ("nudger.cli.reload", "Let the running service read its files again."),
    "init": ("nudger.cli.init", "Write a starter configuration into a new folder."),
    "schema": ("nudger.cli.schema", "Print the JSON Schema of a kind of file, for editors."),
}


class _Commands(click.Group):
    """Knows every command's name and one line about it, and imports only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the base's shape
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(_COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in _COMMANDS.items()])


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config",
    "config_dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    envvar="NUDGER_CONFIG_DIR",
    show_default="this folder",
    help="The folder with schedules/, messages/ and recipients.yaml.",
)
@click.version_option(__version__, prog_name="nudger", message="%(prog)s %(version)s")
@click.pass_context
def nudger(ctx: click.Context, config_dir: Path) -> None:
    """Small, kind, well-timed nudges by SMS and email, from YAML schedules and message libraries.

    Start with `nudger check` and `nudger preview`: neither sends anything. Every reading command takes
    --format json. Exit status: 0 fine, 1 trouble (one line says which), 2 wrong usage, 3 a bug in nudger.
    """
    ctx.obj = config_dir
