"""HTML from the files in `templates/`: all that is filled in is escaped, and what a template asks for must be there.

Templates hold words and their look; what is shown, and in which order, is decided by whoever fills them.
"""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # Cold start: only who makes HTML waits for it.
    from jinja2 import Environment, Template
    from markupsafe import Markup


def template(name: str) -> "Template":
    """Return a template by the name of its file, ready to be rendered any number of times."""
    return _environment().get_template(name)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=PackageLoader("nudger.prose"),
        auto_reload=False,  # files of a release do not change under it
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["lines"] = _lines
    return environment


def _lines(text: str) -> "Markup":
    """Return the text with its line breaks, escaped."""
    from markupsafe import Markup  # noqa: PLC0415

    return Markup("<br>").join(text.split("\n"))
