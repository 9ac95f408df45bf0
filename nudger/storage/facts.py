"""Small facts beside the nudges, inside a transaction. What there is to know is in `fact_codecs`."""

from sqlalchemy import Connection, Integer, Text, cast, delete, select

from nudger.domain.facts import NO_DAEMON, DaemonId
from nudger.storage.fact_codecs import DaemonFact, Fact, Value
from nudger.storage.sql import upsert
from nudger.storage.tables import meta


class Facts:
    """Keeping facts, and reading them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, fact: Fact[Value]) -> Value | None:
        """Return what is known; None where nothing is."""
        found = self._connection.scalar(select(meta.c.value).where(meta.c.key == fact.key))
        return None if found is None else fact.read(found)

    def put(self, fact: Fact[Value], value: Value) -> None:
        """Keep a fact, in place of what was known before."""
        statement = upsert(self._connection, meta).values(key=fact.key, value=fact.write(value))
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["key"], set_={"value": statement.excluded.value})
        )

    def count(self, fact: Fact[int]) -> int:
        """Make a number one greater, and return it; whoever else counts waits for this transaction to end."""
        statement = upsert(self._connection, meta).values(key=fact.key, value=fact.write(1))
        one_more = cast(cast(meta.c.value, Integer) + 1, Text)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": one_more}))
        return self.get(fact) or 0

    def remove(self, fact: Fact[Value]) -> None:
        """Let nothing be known."""
        self._connection.execute(delete(meta).where(meta.c.key == fact.key))

    def of_daemon(self, fact: DaemonFact[Value], daemon: DaemonId) -> Value | None:
        """Return what is known of a daemon, or of the only one by word of an older program."""
        found = self.get(fact.of(daemon))
        return self.get(fact.of(NO_DAEMON)) if found is None else found

    def put_of_daemon(self, fact: DaemonFact[Value], daemon: DaemonId, value: Value) -> None:
        """Keep a fact of a daemon. What an older program said of the only one is no longer so."""
        self.remove(fact.of(NO_DAEMON))
        self.put(fact.of(daemon), value)

    def remove_of_daemon(self, fact: DaemonFact[Value], daemon: DaemonId) -> None:
        """Let nothing be known of a daemon, nor by word of an older program."""
        self.remove(fact.of(NO_DAEMON))
        self.remove(fact.of(daemon))

    def by_daemon(self, fact: DaemonFact[Value]) -> dict[DaemonId, Value]:
        """Return what is known of each daemon."""
        statement = select(meta.c.key, meta.c.value).where(
            meta.c.key.startswith(fact.prefix, autoescape=True) | (meta.c.key == fact.fact.key)
        )
        read = {
            DaemonId(key.removeprefix(fact.fact.key).removeprefix("/")): fact.fact.read(value)
            for key, value in self._connection.execute(statement)
        }
        return {daemon: value for daemon, value in read.items() if value is not None}
