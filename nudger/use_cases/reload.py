"""What a daemon and the command `reload` tell each other through the ledger, where several daemons may share one."""

from datetime import datetime, timedelta

from nudger.domain.facts import DaemonId, Reloaded, Serving
from nudger.storage.fact_codecs import FORCE_RELOAD, RELOADED, SERVING
from nudger.storage.transaction import Transaction

_FORCE_LASTS = timedelta(minutes=5)


def give_force(transaction: Transaction, daemon: DaemonId, *, now: datetime) -> None:
    """Let a daemon take what it would refuse, once, and soon."""
    transaction.facts.put(FORCE_RELOAD.of(daemon), now)


def take_force(transaction: Transaction, daemon: DaemonId, *, now: datetime) -> bool:
    """Say whether somebody gave this daemon the word of force just now; it counts once."""
    given = transaction.facts.of_daemon(FORCE_RELOAD, daemon)
    transaction.facts.remove_of_daemon(FORCE_RELOAD, daemon)
    return given is not None and now - given < _FORCE_LASTS


def tell_reloaded(transaction: Transaction, daemon: DaemonId, word: Reloaded) -> None:
    """Write down what came of a daemon's reload."""
    transaction.facts.put_of_daemon(RELOADED, daemon, word)


def last_reload(transaction: Transaction | None, daemon: DaemonId) -> Reloaded | None:
    """Return what came of a daemon's last reload; None where there was none yet."""
    return transaction.facts.of_daemon(RELOADED, daemon) if transaction else None


def tell_serving(transaction: Transaction, daemon: DaemonId, word: Serving) -> None:
    """Write down what a daemon serves from."""
    transaction.facts.put_of_daemon(SERVING, daemon, word)
