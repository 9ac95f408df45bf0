"""Seeded draws: the same for the same words, on every machine and after every restart.

`random.Random` seeded with text is stable across Python versions too, but costs ten times as much; a draw of
one number per person and day comes straight from a hash.
"""

from hashlib import blake2b
from random import Random
from struct import Struct
from typing import NamedTuple


def seed_of(*words: object) -> str:
    """Return 16 hex digits derived from the words: what is stored with a decision, to replay it."""
    return blake2b(_text(words), digest_size=8).hexdigest()


def draw_below(limit: int, *words: object) -> int:
    """Return a number in [0, limit), each as likely as the others (to within limit / 2**64)."""
    return int.from_bytes(blake2b(_text(words), digest_size=8).digest()) % limit


def _text(words: tuple[object, ...]) -> bytes:
    return "\x1f".join(map(str, words)).encode()


class Draws(NamedTuple):
    """All that is drawn for one decision; one hash gives it, at a fifth of a generator's price.

    In [0, 1): whether nothing is sent, which practice, which wording of the shortlist. In [0, 2**32): eight numbers, of
    which the wordings come that are on the `shortlist`.
    """

    nothing: float
    practice: float
    wording: float
    shortlist: tuple[int, ...]


def draws_of(seed: str) -> Draws:
    """Return what a decision's seed draws; the same for the same seed."""
    numbers = _ELEVEN.unpack(blake2b(seed.encode()).digest())
    return Draws(numbers[0] / _NUMBERS, numbers[1] / _NUMBERS, numbers[2] / _NUMBERS, numbers[3:])


_NUMBERS = 2**32
_ELEVEN = Struct("<11I20x")  # a hash has room for more


def random_from(seed: str) -> Random:
    """Return a generator for a stored seed."""
    return Random(int(seed_of(seed), 16))  # noqa: S311 - choosing kind words needs no secrecy
