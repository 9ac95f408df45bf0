"""Which messages a schedule may choose from: those of the libraries that it names are looked at, not all."""

from collections import defaultdict
from collections.abc import Iterable

from nudger.domain.messages import Message
from nudger.domain.schedules import Selection
from nudger.domain.vocabulary import LibraryId


class Candidates:
    """All messages, by library."""

    def __init__(self, messages: Iterable[Message]) -> None:
        self._by_library: dict[LibraryId, list[Message]] = defaultdict(list)
        for message in messages:
            self._by_library[message.library].append(message)

    def taken_by(self, selection: Selection) -> list[Message]:
        """Return the messages that a selection takes, library by library."""
        of_messages = {LibraryId(key.partition("/")[0]) for key in selection.messages}
        named = selection.libraries or of_messages or self._by_library.keys()
        return [m for library in named for m in self._by_library.get(library, ()) if selection.takes(m)]
