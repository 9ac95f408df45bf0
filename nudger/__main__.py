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

from nudger.cli import nudger  # noqa: E402
from nudger.errors import ConfigError, NudgerError  # noqa: E402
from nudger.files.report import as_text  # noqa: E402

EXPECTED_TROUBLE, BUG, INTERRUPTED = 1, 3, 130


def main() -> None:
    """Run the command line. Exit status: 0 fine, 1 expected trouble, 2 wrong usage, 3 a bug, 130 interrupted."""
    try:
        sys.exit(nudger.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except NudgerError as error:
        click.echo(_in_words(error), err=True)
        sys.exit(EXPECTED_TROUBLE)
    except BrokenPipeError:
        # Whoever read our output has seen enough (`nudger preview | head`); nothing is left to be flushed to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception:  # noqa: BLE001 - a bug is shown whole, and told apart by its exit status
        sys.excepthook(*sys.exc_info())
        click.echo("nudger: this is a bug, please report it with the lines above", err=True)
        sys.exit(BUG)


def _in_words(error: NudgerError) -> str:
    if isinstance(error, ConfigError):
        return as_text(error.problems, files=error.files)
    return f"nudger: {error}"


if __name__ == "__main__":
    main()
