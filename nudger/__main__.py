"""`python -m nudger`, and the `nudger` command."""

import sys
import traceback

import click

from nudger.cli import nudger
from nudger.errors import ConfigError, NudgerError
from nudger.files.report import as_text

EXPECTED_TROUBLE, BUG, INTERRUPTED = 1, 3, 130


def main() -> None:
    """Run the command line. Exit status: 0 fine, 1 expected trouble, 2 wrong usage, 3 a bug, 130 interrupted."""
    sys.exit(_run())


def _run() -> int:
    try:
        return nudger.main(standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except ConfigError as error:
        click.echo(as_text(error.problems, files=error.files), err=True)
        return EXPECTED_TROUBLE
    except NudgerError as error:
        click.echo(f"nudger: {error}", err=True)
        return EXPECTED_TROUBLE
    except BrokenPipeError:
        # Whoever read our output has seen enough (`nudger preview | head`).
        sys.stderr.close()
        return 0
    except Exception:  # noqa: BLE001 - a bug is shown whole, and told apart by its exit status
        traceback.print_exc()
        click.echo("nudger: this is a bug, please report it with the lines above", err=True)
        return BUG


if __name__ == "__main__":
    main()
