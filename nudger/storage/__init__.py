"""Floor 4: the ledger, the durable table of nudges. SQLAlchemy Core on SQLite; PostgreSQL is only another URL.

`database` opens and guards it, `tables` says what is in it, `ledger` is what one transaction can do,
`thread` keeps all of that behind one worker thread.
"""
