"""Floor 6: names every real part.

`clock` is the only reader of the clock, `reading` turns files and settings into a snapshot, `ledger` opens the
database, `sending` makes the ways out, `logs` says where lines go. Each is imported only where it is needed: what
`sending` brings along takes a second to load, and looking at a schedule must not wait for it.
"""
