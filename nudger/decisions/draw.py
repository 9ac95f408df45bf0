"""Seeded draws: the same for the same words, on every machine and after every restart.

`random.Random` seeded with text is stable across Python versions too, but costs ten times as much; a draw of
one number per person and day comes straight from a hash.
"""

import hashlib
from random import Random
from struct import Struct


def seed_of(*words: object) -> str:
    """Return 16 hex digits derived from the words: what is stored with a decision, to replay it."""
    return hashlib.blake2b("\x1f".join(map(str, words)).encode(), digest_size=8).hexdigest()


def draw_below(limit: int, *words: object) -> int:
    """Return a number in [0, limit), each as likely as the others (to within limit / 2**64)."""
    return int(seed_of(*words), 16) % limit


def draw_fraction(*words: object) -> float:
    """Return a number in [0, 1), all of them as likely as each other."""
    return int(seed_of(*words), 16) / 2**64


def draws_below(limit: int, *words: object) -> tuple[int, ...]:
    """Return sixteen numbers in [0, limit), each as likely as the others (to within limit / 2**32); some may be equal.

    One hash gives them all, at a fifth of the price of a generator.
    """
    digest = hashlib.blake2b("\x1f".join(map(str, words)).encode()).digest()
    return tuple([number % limit for number in _SIXTEEN.unpack(digest)])


_SIXTEEN = Struct("<16I")


def random_from(seed: str) -> Random:
    """Return a generator for a stored seed."""
    return Random(int(seed_of(seed), 16))  # noqa: S311 - choosing kind words needs no secrecy
