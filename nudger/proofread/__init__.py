"""The bench: what words are looked over for before anybody receives them.

`bench.look_over` judges messages one by one and against each other (for `nudger check`); `summary` adds what only a
whole library shows (for `nudger library`). The lists of words are in `english` and `spanish`, and nowhere else.
"""
