"""People of one list who are alike are read once. What comes of it, and what is said, is as for each alone."""

from hypothesis import given, settings
from hypothesis import strategies as st

from nudger.config.tables.people import COLUMNS, read_people

CELLS = {
    "id": ["ana", "ben", "cem", "dee", "eve", "Not An Id", ""],
    "name": ["Ana", "Ben", "", "n/a", "{name}", "x" * 90],
    "time_zone": ["UTC", "Europe/Berlin", "America/New_York", "Moon"],
    "sms": ["+14135550123", "+4915112345678", "", "+14130550123", "0123"],
    "email": ["a@example.org", "B@Example.org", "", "no address"],
    "prefer": ["", "sms", "email", "fax"],
    "language": ["", "en", "de", "eng"],
    "groups": ["", "daily", "daily evening", "Odd!"],
    "morning": ["", "08:15", "06:30", "25:00"],
    "quiet_hours": ["", "22:00-07:00", "none"],
    "joined": ["", "2026-11-01", "2026-12-24", "2026-02-30"],
    "place": ["", "US", "DE-BY", "XX"],
    "hard_days": ["", "11-03 hold", "11-03 hold; 11-03 gentle"],
    "per_day": ["", "1"],
    "supporter": ["", "my sister", "<sister>"],
}


def a_cell(column):
    good = st.sampled_from(CELLS[column][:2])
    return st.one_of(good, good, good, st.sampled_from(CELLS[column]))


TABLES = st.lists(st.sampled_from([*CELLS]), unique=True).flatmap(
    lambda columns: st.tuples(
        st.just(sorted({"id", "time_zone", "sms", *columns}, key=COLUMNS.index)),
        st.lists(st.fixed_dictionaries({column: a_cell(column) for column in CELLS}), min_size=1, max_size=12),
    )
)


@settings(max_examples=150, deadline=None)
@given(TABLES)
def test_a_list_is_read_as_if_each_of_its_people_stood_alone(tmp_path_factory, table):
    columns, rows = table
    for number, row in enumerate(rows):
        row["id"] += f"-{number}" if row["id"] else ""
        row["sms"] = row["sms"] and row["sms"][:-2] + f"{number:02}"
        row["email"] = row["email"] and f"{number}{row['email']}"
    path = tmp_path_factory.mktemp("list") / "people.csv"

    def read(rows):
        path.write_text(
            "".join(",".join(line) + "\n" for line in [columns, *([row[c] for c in columns] for row in rows)])
        )
        people, problems = read_people(path)
        return people, [(problem.what, problem.expected, problem.column, problem.warning) for problem in problems]

    together, said = read(rows)
    alone = [read([row]) for row in rows]

    assert together == [person for people, _ in alone for person in people]
    assert said == [each for _, problems in alone for each in problems]
