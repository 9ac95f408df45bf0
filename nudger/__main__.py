"""`python -m nudger`, and the `nudger` command."""

import atexit
import gc
import os
import sys

# Half of a short command's time goes into importing. Nothing imported is garbage, so nobody needs to look for any
# (`run`, which lives long, turns the collector on again), not even at the end, when all memory goes back anyway; and
# pydantic need not search this machine for plug-ins.
gc.disable()
atexit.register(gc.freeze)
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

import click  # noqa: E402 - after the settings above

from nudger.cli import nudger, streams  # noqa: E402
from nudger.config.flaws import visible  # noqa: E402
from nudger.config.report import as_text  # noqa: E402
from nudger.errors import ConfigError, NudgerError  # noqa: E402
from nudger.wiring.clock import settle_time_zone  # noqa: E402

EXPECTED_TROUBLE, BUG, INTERRUPTED = 1, 3, 130
_LONGEST_PATH = 200
_FOR_PROGRAMS = frozenset({"json", "jsonl", "csv", "ics", "html", "markdown", "schema", "export"})


def main() -> None:
    """Run the command line. Exit status: 0 fine, 1 expected trouble, 2 wrong usage, 3 a bug, 130 interrupted."""
    streams.prepare(for_programs=not _FOR_PROGRAMS.isdisjoint(each.removeprefix("--format=") for each in sys.argv[1:]))
    doubt = settle_time_zone()
    if doubt:
        click.echo(f"nudger: {doubt}", err=True)
    sys.exit(_run())


def _run() -> int:
    try:
        status = int(nudger.main(standalone_mode=False) or 0)
        sys.stdout.flush()
    except click.ClickException as error:
        return _usage(error)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except NudgerError as error:
        click.echo(_in_words(error), err=True)
        return EXPECTED_TROUBLE
    except OSError as error:
        return _environment(error)
    except Exception:  # noqa: BLE001 - a bug is shown whole, and told apart by its exit status
        return _bug()
    return status


def _bug() -> int:
    sys.excepthook(*sys.exc_info())
    click.echo("nudger: this is a bug, please report it with the lines above", err=True)
    return BUG


def _environment(error: OSError) -> int:
    """Say on one line what is wrong with the output, a file or a folder: none of it is the program's trouble."""
    if isinstance(error, streams.OutputError):
        click.echo(f"nudger: the output cannot be written: {error.reason}", err=True)
        return EXPECTED_TROUBLE
    if not isinstance(error.filename, str | bytes) or not error.strerror:
        return _bug()
    path = os.fsdecode(error.filename)
    shown = visible(path if len(path) <= _LONGEST_PATH else f"{path[:_LONGEST_PATH]}…")
    click.echo(f"nudger: {shown}: {error.strerror.lower()}", err=True)
    return EXPECTED_TROUBLE


def _usage(error: click.ClickException) -> int:
    """Say what is wrong with how a command was called, on one line as all trouble, and where its help is."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    context = error.ctx if isinstance(error, click.UsageError) else None
    said = visible(" ".join(error.format_message().split()))
    said = said if said.endswith((".", "?")) else f"{said}."
    click.echo(f"nudger: {said} See: {context.command_path if context else 'nudger'} --help", err=True)
    return error.exit_code


def _in_words(error: NudgerError) -> str:
    if isinstance(error, ConfigError):
        return as_text(error.problems, files=error.files)
    return f"nudger: {error}"


if __name__ == "__main__":
    main()
