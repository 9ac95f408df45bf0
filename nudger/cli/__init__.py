"""Floor 8: the command line, one function per command, in a module of its own that is imported when it is called.

(`nudger check` must not wait for a database or a mail library to be imported.)
"""

import importlib
from difflib import get_close_matches
from itertools import zip_longest
from pathlib import Path

import click

from nudger import __version__
from nudger.config.flaws import quote

_COMMANDS = {
    "init": ("nudger.cli.init", "a new folder, complete"),
    "check": ("nudger.cli.check", "mistakes in the files"),
    "schema": ("nudger.cli.schema", "every key of a file"),
    "library": ("nudger.cli.library", "the messages, looked over"),
    "preview": ("nudger.cli.preview", "what will be sent, and when"),
    "explain": ("nudger.cli.explain", "a schedule in plain English"),
    "simulate": ("nudger.cli.simulate", "months of made-up people"),
    "run": ("nudger.cli.run", "serve, until stopped"),
    "status": ("nudger.cli.status", "what went out, what comes"),
    "why": ("nudger.cli.why", "why they got it, or not"),
    "send": ("nudger.cli.send", "one nudge now, for a test"),
    "reload": ("nudger.cli.reload", "read the files again"),
    "hold": ("nudger.cli.hold", "stop everything, now"),
    "release": ("nudger.cli.release", "go on after a hold"),
    "guard": ("nudger.cli.guard", "what the storm guard holds"),
    "recipients": ("nudger.cli.recipients", "people: import, pause …"),
    "record": ("nudger.cli.record", "check-ins, what helped"),
    "decisions": ("nudger.cli.decisions", "every choice, for analysis"),
}
"""In the order of an operator's days: write, look ahead, serve, intervene, look back."""

_MEANT = {
    **dict.fromkeys(("start", "serve", "daemon"), "run"),
    **dict.fromkeys(("validate", "lint", "verify", "test"), "check"),
    **dict.fromkeys(("stop", "pause", "halt"), "hold"),
    **dict.fromkeys(("resume", "unpause", "continue"), "release"),
    **dict.fromkeys(("people", "import", "list", "add"), "recipients"),
    **dict.fromkeys(("new", "create", "setup"), "init"),
    **dict.fromkeys(("export", "log", "history"), "decisions"),
    **dict.fromkeys(("messages", "libraries"), "library"),
    **dict.fromkeys(("next", "plan", "schedule", "schedules"), "preview"),
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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; say which one was probably meant by a name that is none."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            name = error.command_name
            meant = [_MEANT[name.lower()]] if name.lower() in _MEANT else get_close_matches(name.lower(), _COMMANDS, 1)
            hint = f" Did you mean {meant[0]!r}?" if meant else ""
            raise click.UsageError(f"There is no command {quote(name)}.{hint}", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Show two commands on a line: all of them, and the options, fit a screen of 24 lines."""
        cells = [f"{name:<12}{about}" for name, (_, about) in _COMMANDS.items()]
        half = (len(cells) + 1) // 2
        with formatter.section("Commands (nudger COMMAND --help says more)"):
            for left, right in zip_longest(cells[:half], cells[half:], fillvalue=""):
                formatter.write(f"  {left:<40}{right}".rstrip() + "\n")


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
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
    """Small, kind, well-timed nudges by SMS and email. Only `run` and `send` send anything.

    Reading commands take --format json. Exit status: 0 fine, 1 trouble (one line says
    which), 2 wrong usage, 3 a bug in nudger, 130 stopped by Ctrl-C.
    """
    ctx.obj = config_dir
