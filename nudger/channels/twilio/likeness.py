"""Whether a message in a provider's list is ours: what can be said of its words, and of a number or a name in it."""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from enum import Enum, auto
from urllib.parse import unquote_plus

_TRIAL = (
    "sentfromyourtwiliotrialaccount"  # https://www.twilio.com/docs/usage/tutorials/how-to-use-your-free-trial-account
)
_NOTHING = re.compile(
    r"\W*(?:(?:the|this|message|text|body|content|sms|is|was|been|has|have|no) )*"
    r"(?:redacted|null|none|nil|undefined|n/a|empty|no (?:body|content|text))\W*",
    re.IGNORECASE,
)
_INSTEAD = re.compile(
    r"redact|remov|delet|hidden|withh?eld|mask|encrypt|obfuscat|unavailable|private|confidential"
    r"|not (?:stored|available|retained|shown|visible|logged)|eliminad|borrad|ocult",
    re.IGNORECASE,
)
_SHORT = 60
_ALIKE = 0.4  # of runs of three letters: two texts of one hand share less, a text and its own altered copy more
_RUN = 3
_LONG_WORD = 16
_NUMBER = re.compile(r"[+\d\s().-]+", re.ASCII)
_MASK = re.compile(r"[xX*#•?_]+")
_MOST_OF_A_NUMBER = 7


class Words(Enum):
    """What comparing a listed text with ours says."""

    SAME = auto()
    OTHER = auto()
    BLANK = auto()
    """There are none, or something stands in their place."""

    NEAR = auto()
    """Neither the same nor plainly something else: cut short, added to, rewritten, or a notice in their place."""


def compare_words(theirs: object, ours: str) -> Words:
    """Compare by letters and digits alone, in any case and without accents, after NFKD.

    On the way Smart Encoding swaps quotes, dashes, spaces and ligatures (https://www.twilio.com/docs/messaging/services),
    a phone's or a provider's normal form differs from ours, a trial account puts words in front; and where redaction is
    on (https://www.twilio.com/docs/messaging/features/message-redaction) there is nothing to compare.
    """
    if not isinstance(theirs, str):
        return Words.BLANK
    letters, found = _letters(ours), _letters(theirs)
    if not letters:
        return _compare_signs(theirs, ours)
    if found.removeprefix(_TRIAL) == letters or any(_letters(reading) == letters for reading in _readings(theirs)):
        return Words.SAME
    if not found.removeprefix(_TRIAL) or len(set(found)) == 1 or _NOTHING.fullmatch(theirs):
        return Words.BLANK
    if letters in found or found in letters or _alike(found, letters):
        return Words.NEAR
    return Words.NEAR if _may_stand_for(theirs, ours) else Words.OTHER


def _readings(theirs: str) -> Iterator[str]:
    """Yield what a text may have been before it was escaped, or its bytes were taken for another alphabet's."""
    yield html.unescape(theirs)
    yield unquote_plus(theirs)
    for alphabet in ("latin-1", "cp1252"):
        with suppress(UnicodeError):
            yield theirs.encode(alphabet).decode("utf-8")


def _may_stand_for(theirs: str, ours: str) -> bool:
    """Say whether something that is no readable text stands in the place of one.

    A notice that the words are gone; one long word in place of a sentence, as encryption makes it; or ASCII in place
    of words in another script.
    """
    if len(theirs) <= _SHORT and _INSTEAD.search(theirs):
        return True
    ciphered = len(theirs) >= _LONG_WORD and len(theirs.split()) == 1 and len(ours.split()) > 1
    letters = _letters(ours)
    return ciphered or (theirs.isascii() and sum(map(str.isascii, letters)) * 2 < len(letters))


def _compare_signs(theirs: str, ours: str) -> Words:
    """Compare texts without letters: an emoji alone, say."""
    if _signs(theirs) == _signs(ours):
        return Words.SAME
    return Words.OTHER if _letters(theirs) else Words.BLANK


def compare_parties(theirs: object, ours: str) -> bool | None:
    """Say whether a listed number or sender is ours; None where it is missing, masked, or short of digits."""
    if not isinstance(theirs, str) or not theirs.strip():
        return None
    if not (_NUMBER.fullmatch(theirs.strip()) and _NUMBER.fullmatch(ours)):
        return _compare_names(theirs.strip().casefold(), ours.casefold())
    listed, wanted = _digits(theirs), _digits(ours)
    if listed == wanted:
        return True
    shorter, longer = sorted((listed, wanted), key=len)
    return None if len(shorter) >= _MOST_OF_A_NUMBER and longer.endswith(shorter) else False


def _compare_names(listed: str, wanted: str) -> bool | None:
    if listed == wanted:
        return True
    if len(_digits(wanted)) >= _MOST_OF_A_NUMBER and _digits(listed) == _digits(wanted):
        return None  # tel:+1413…, say
    if not _MASK.search(listed) or not any(map(str.isdigit, wanted)):
        return False
    # Twilio masks the last digits, others the middle: whatever is shown must agree from both ends.
    shown = _MASK.split(listed)
    agrees = wanted.startswith(shown[0]) and wanted.endswith(shown[-1])
    return None if agrees or not any(shown) else False


def _alike(found: str, letters: str) -> bool:
    theirs, ours = _runs(found), _runs(letters)
    return 2 * (theirs & ours).total() >= _ALIKE * (theirs.total() + ours.total())


def _runs(letters: str) -> Counter[str]:
    return Counter(letters[n : n + _RUN] for n in range(max(1, len(letters) - _RUN + 1)))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text))).casefold()


def _signs(text: str) -> str:
    return "".join(unicodedata.normalize("NFKD", text).split())


def _digits(text: str) -> str:
    digits = "".join(filter(str.isdigit, text))
    return digits.removeprefix("00") if text.strip().startswith("00") else digits
