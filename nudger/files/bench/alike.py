"""Messages that say nearly the same: how many of their runs of three words they share.

The measure is the part of the shorter text's runs that the other has, too. In the shipped library no two texts share a
quarter; texts of the same idea in other words stay under a third, the same words in another order do not.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from nudger.domain.messages import Message
from nudger.domain.vocabulary import Rule
from nudger.files.bench.remarks import Remark, remark
from nudger.files.bench.texts import Text
from nudger.files.findings import Written

MOST = {"sms": 0.4, "body": 0.3}
"""How much of its runs a text may share with another."""

_FEWEST = 4  # of so few runs, a chance one is a quarter


def check(texts: Iterable[tuple[Written[Message], Text]]) -> Iterator[Remark]:
    """Yield texts that are nearly the same as one before: an SMS as another SMS, a body as another body."""
    holders: dict[int, int] = {}
    read: list[tuple[Written[Message], int]] = []
    for written, text in texts:
        part = text.keys[-1]
        words = text.words
        runs = set(map(hash, zip(words, words[1:], words[2:], strict=False)))
        read.append((written, len(runs)))
        number = len(read) - 1
        before = [holders.setdefault(run, number) for run in runs]
        shared = Counter(other for other in before if other != number)
        for other, count in shared.most_common(1):
            size = min(len(runs), read[other][1])
            if size >= _FEWEST and count / size > MOST[part]:
                yield _alike(written, read[other][0], text, count / size)


def _alike(written: Written[Message], other: Written[Message], text: Text, share: float) -> Remark:
    what = f"{share:.0%} of it is in '{other.value.key}', too ({other.place})"
    return remark(Rule.NEAR_DUPLICATE, written, *text.keys, what=what)
