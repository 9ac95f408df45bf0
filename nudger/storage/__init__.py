"""Floor 4: the ledger, the durable table of nudges. SQLAlchemy Core on SQLite; PostgreSQL is only another URL.

`database` opens and guards it, `tables` says what is in it, `transaction` (with `nudge_rows` and `people`) is what can
be done with it, `high_water` tells a restored backup,
`thread` keeps all of that behind one worker thread.
"""
