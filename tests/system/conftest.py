"""What the system tests share. Each fixture skips, saying why, where what it needs is not there."""

from collections.abc import Callable, Iterator

import pytest

from tests.system import browser, postfix, postgres


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """Give the URL of a fresh, empty PostgreSQL database; the server lives as long as the test run."""
    skip_if(postgres.what_is_missing())
    with postgres.cluster() as url:
        yield url


@pytest.fixture(scope="session")
def mail() -> Iterator[postfix.MailSystem]:
    """Give a running mail system."""
    skip_if(postfix.what_is_missing())
    with postfix.mail_system() as system:
        yield system


@pytest.fixture(scope="session")
def screenshot() -> Callable[..., None]:
    """Give the function that takes a picture of an HTML file."""
    skip_if(browser.what_is_missing())
    return browser.screenshot


def skip_if(why_not: str | None) -> None:
    if why_not:
        pytest.skip(why_not)
