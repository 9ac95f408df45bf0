"""Floor 1: nouns. Frozen values and small questions about them; the standard library only.

Nothing here reads a clock, a file or a network, and nothing here decides: that is `nudger.decisions`.
"""
