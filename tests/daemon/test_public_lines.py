"""What of the problems of a configuration may stand in a journal."""

from pathlib import Path

import pytest

from nudger.config.checks.rehearsal import IMPORTED
from nudger.daemon.configuration import public_lines
from nudger.errors import Problem

WHAT = "in the coming year 'sam' gets nothing: paused until 2027-12-01"


@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        ("recipients.yaml", 7, "recipients.yaml:7:5: see `nudger check`"),
        (IMPORTED, 0, "imported people: see `nudger check`"),
        ("schedules/daily.yaml", 7, f"schedules/daily.yaml:7:5: warning: {WHAT}."),
    ],
)
def test_of_people_a_journal_holds_the_place_alone(file, line, said):
    problem = Problem(file=file, line=line, column=5 if line else 0, what=WHAT, warning=True)
    assert public_lines([problem], recipients_file=Path("recipients.yaml")) == [said]
