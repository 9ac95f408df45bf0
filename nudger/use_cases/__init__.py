"""Floor 4: what the service does, step by step, over the ledger and the small protocols in `ports`.

A use-case asks, decides through `nudger.decisions`, and acts; it names no library, no file and no table.
"""
