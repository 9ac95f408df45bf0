"""Regions: the countries, and the parts of them, whose public holidays and legal hours are known."""

from collections.abc import Collection

from nudger.config.flaws import Flaw, quote
from nudger.config.values import aliases

REGION_PATTERN = "^[A-Z]{2}(-[A-Z0-9]{1,3})?$"
_LONGEST = 40
_WRITE = "Write an ISO 3166 code: a country (US, DE) or a part of one (US-MA, DE-BY)."


def region(text: str) -> str:
    """Return the ISO 3166 code of a country or of a part of one; raise Flaw for a region that nothing is known of."""
    # Cold start: a list of all regions takes 250 ms to make, and most people have none in their file.
    from nudger.decisions.planning.public_holidays import region_exists  # noqa: PLC0415

    if len(text) > _LONGEST:
        raise Flaw(f"{quote(text)} is no place that is known here", _WRITE)
    if region_exists(text):
        return text
    raise Flaw(f"{quote(text)} is no place that is known here", lambda: _remedy(text.strip()))


def _remedy(text: str) -> str:
    from nudger.decisions.planning.public_holidays import known_regions  # noqa: PLC0415 - Cold start: see region

    code, known = text.upper().replace("_", "-").replace(" ", "-"), known_regions()
    if code in known:
        return f"Write {code}."
    country = code.partition("-")[0]
    if country in known and country != code:
        return f"Write {country}, if you mean the whole country."
    return _by_name(text, known)


def _by_name(text: str, known: Collection[str]) -> str:
    other, _, part = text.replace("_", "-").partition("-")
    if part and (meant := aliases.country(other)):
        proposals = [each for each in (f"{meant}-{part.upper()}", meant) if each in known]
        return f"Write {proposals[0]}." if proposals else _WRITE
    if aliases.state(text) and aliases.country(text):
        return f"Write {aliases.country(text)} for the country, or {aliases.state(text)} for the state."
    if meant := aliases.region(text):
        return f"Write {meant}." if meant in known else _WRITE
    state = f"US-{text.upper()}"
    return f"Write {state}, if you mean the state." if state in known else _WRITE
