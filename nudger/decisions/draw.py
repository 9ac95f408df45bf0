"""Seeded draws: the same for the same words, on every machine and after every restart.

`random.Random` seeded with text is stable across Python versions too, but costs ten times as much; a draw of
one number per person and day comes straight from a hash.
"""

from hashlib import blake2b
from random import Random
from struct import Struct


def seed_of(*words: object) -> str:
    """Return 16 hex digits derived from the words: what is stored with a decision, to replay it."""
    return blake2b(_text(words), digest_size=8).hexdigest()


def draw_below(limit: int, *words: object) -> int:
    """Return a number in [0, limit), each as likely as the others (to within limit / 2**64)."""
    return int.from_bytes(blake2b(_text(words), digest_size=8).digest()) % limit


def draw_fraction(*words: object) -> float:
    """Return a number in [0, 1), all of them as likely as each other."""
    return int.from_bytes(blake2b(_text(words), digest_size=8).digest()) / _NUMBERS


def draws_below(limit: int, *words: object) -> list[int]:
    """Return sixteen numbers in [0, limit), each as likely as the others (to within limit / 2**32); some may be equal.

    One hash gives them all, at a fifth of the price of a generator.
    """
    return [number % limit for number in _SIXTEEN.unpack(blake2b(_text(words)).digest())]


def _text(words: tuple[object, ...]) -> bytes:
    return "\x1f".join(map(str, words)).encode()


_NUMBERS = 2**64
_SIXTEEN = Struct("<16I")


def random_from(seed: str) -> Random:
    """Return a generator for a stored seed."""
    return Random(int(seed_of(seed), 16))  # noqa: S311 - choosing kind words needs no secrecy
