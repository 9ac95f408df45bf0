"""Floor 6: what words are looked over for before anybody receives them.

`words.proofread` judges messages one by one and against each other (for `nudger check`); `survey` adds what only a
whole library shows (for `nudger library`). The lists of words are in `english` and `spanish`, and nowhere else.
"""
