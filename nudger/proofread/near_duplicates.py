"""Messages that say nearly the same: how many of their runs of three words (of more than three letters) they share.

The measure is the part of the shorter text's runs that the other has, too. In the shipped library the closest emails
share a fifth; the closest SMS two fifths, because all check-ins explain the same scale.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from nudger.config.findings import Written
from nudger.domain.messages import Message
from nudger.domain.vocabulary import Rule
from nudger.proofread.remarks import Remark, remark
from nudger.proofread.texts import Text

MOST = {"sms": 0.5, "body": 0.3}
"""How much of its runs a text may share with another."""

_SHORT = 3  # words of so few letters are in every text
_FEWEST = 4  # of so few runs, a chance one is a quarter


def check(texts: Iterable[tuple[Written[Message], Text]]) -> Iterator[Remark]:
    """Yield texts that are nearly the same as one before: an SMS as another SMS, a body as another body."""
    holders: dict[int, int] = {}
    read: list[tuple[Written[Message], int]] = []
    for written, text in texts:
        most = MOST[text.keys[-1]]
        words = [word for word in text.words if len(word) > _SHORT]
        runs = set(map(hash, zip(words, words[1:], words[2:], strict=False)))
        shared = holders.keys() & runs
        if len(shared) > most * _FEWEST:
            other, count = Counter(map(holders.__getitem__, shared)).most_common(1)[0]
            size = min(len(runs), read[other][1])
            if size >= _FEWEST and count / size > most:
                yield _alike(written, read[other][0], text, count / size)
        holders.update(dict.fromkeys(runs, len(read)))
        read.append((written, len(runs)))


def _alike(written: Written[Message], other: Written[Message], text: Text, share: float) -> Remark:
    what = f"{share:.0%} of it is in '{other.value.key}', too ({other.position})"
    return remark(Rule.NEAR_DUPLICATE, written, *text.keys, what=what)
