"""Floor 4: the ledger, the durable table of nudges. SQLAlchemy Core on SQLite; PostgreSQL is only another URL.

`database` opens and guards it, `tables` says what is in it, `transaction` is what can be done with it,
`thread` keeps all of that behind one worker thread.
"""
