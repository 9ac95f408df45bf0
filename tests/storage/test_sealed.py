"""What says something of a person passes through one module on its way to the ledger."""

from nudger.storage.sealed import SealedJson, SealedText
from nudger.storage.tables import metadata
from tests.make import utc

NOW = utc("2026-11-23 08:30")

OF_A_PERSON = {
    "recipients": {"name", "sms", "email", "details"},
    "nudges": {"subject", "text", "address"},
    "suppressions": {"address"},
}


def test_names_addresses_texts_and_details_have_the_types_that_are_to_be_sealed():
    sealed = {
        table.name: {column.name for column in table.c if isinstance(column.type, SealedText | SealedJson)}
        for table in metadata.sorted_tables
    }
    assert {name: columns for name, columns in sealed.items() if columns} == OF_A_PERSON


def test_an_address_is_found_among_others(ledger):
    for number in range(3):
        ledger.run(lambda t, number=number: t.suppressions.add(f"+4930{number}", "stop", at=NOW))
    found = ledger.run(lambda t: t.suppressions.of({"+49301", "+49309"}))
    assert [each.address for each in found] == ["+49301"]
