"""Floor 3: the ledger, the durable table of nudges. SQLAlchemy Core on SQLite; PostgreSQL is only another URL.

`database` opens and guards it, `tables` says what is in it, `ledger` opens transactions and `thread` keeps them behind
one worker thread. `transaction` is what can be asked and written: its parts are a module each, named like the part.
`fact_codecs` and the other codecs say how values are written down, and `sealed` is where what says something of a
person is to be sealed. `high_water` tells a restored backup.
"""
