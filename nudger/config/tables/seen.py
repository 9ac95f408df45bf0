"""Which keys were seen already, and where: a million of them in twenty-five megabytes."""

from array import array

_WHOLE = (1 << 64) - 1
_FIRST_SIZE = 1 << 12


class Seen:
    """Remembers a place (a number above 0) for each key. A dict of texts would take six times the memory.

    Of a key only its hash of 64 bits is kept: that two of a million keys are taken for one happens once in thirty
    million tables.
    """

    def __init__(self) -> None:
        self._hashes = array("Q", bytes(8 * _FIRST_SIZE))
        self._places = array("L", [0]) * _FIRST_SIZE
        self._count = 0

    def first(self, key: str, position: int) -> int:
        """Return where a key was seen first; 0 if this is the first time, and `position` is remembered then."""
        if self._count * 2 > len(self._hashes):
            self._grow()
        digest = _hash(key)
        slot = self._slot(digest)
        if self._hashes[slot]:
            return self._places[slot]
        self._hashes[slot], self._places[slot] = digest, position
        self._count += 1
        return 0

    def get(self, key: str) -> int:
        """Return where a key was seen; 0 if it was not."""
        return self._places[self._slot(_hash(key))]

    def _slot(self, digest: int) -> int:
        """Return where a hash stands, or the free slot where it belongs."""
        hashes, last = self._hashes, len(self._hashes) - 1
        slot = digest & last
        while hashes[slot] and hashes[slot] != digest:
            slot = (slot + 1) & last
        return slot

    def _grow(self) -> None:
        hashes, places = self._hashes, self._places
        self._hashes, self._places = array("Q", bytes(16 * len(hashes))), array("L", [0]) * (2 * len(places))
        for digest, position in zip(hashes, places, strict=True):
            if digest:
                slot = self._slot(digest)
                self._hashes[slot], self._places[slot] = digest, position


def _hash(key: str) -> int:
    return hash(key) & _WHOLE or 1
