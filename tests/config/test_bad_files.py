"""Every bad file gives exactly the words beside it. NUDGER_TEST_REWRITE=1 writes them anew, to be read by a person.

A file stands alone for its kind: schedules/ beside the good schedules and messages, and so on.
"""

import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from nudger.config.catalog import load_catalog, read_configuration
from nudger.config.report import as_text
from nudger.config.tables.people import read_people
from nudger.errors import ConfigError
from nudger.proofread.words import note_remarks

HERE = Path(__file__).parent
BAD = HERE / "bad"
FILES = sorted(path for path in BAD.glob("*/*") if path.suffix != ".expected")


def test_there_are_many_of_them():
    assert len(FILES) >= 200


@pytest.mark.parametrize("bad", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_it_says_what_is_wrong(bad, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = check(bad)
    golden = bad.with_suffix(".expected")
    if os.environ.get("NUDGER_TEST_REWRITE"):
        golden.write_text(found)
    assert found == golden.read_text()


def check(bad):
    kind = bad.parent.name
    if kind == "people":
        shutil.copy(bad, "people.csv")
        _, problems = read_people(Path("people.csv"))
        return as_text(problems, files=1) + "\n"
    for folder in ("schedules", "messages"):
        Path(folder).mkdir()
        shutil.copy(HERE / "good" / f"{folder}.yaml", f"{folder}/base.yaml")
    shutil.copy(HERE / "good" / "recipients.yaml", "recipients.yaml")
    shutil.copy(bad, "recipients.yaml" if kind == "recipients" else f"{kind}/{bad.name}")
    reading = read_configuration(Path(), Path("recipients.yaml"), today=date(2026, 11, 25), proofread=note_remarks)
    assert reading.problems
    assert (reading.catalog is None) == any(not problem.warning for problem in reading.problems)
    if reading.catalog is None:
        with pytest.raises(ConfigError) as raised:
            load_catalog(Path(), Path("recipients.yaml"))
        errors = [problem for problem in raised.value.problems if not problem.warning]
        assert errors == [problem for problem in reading.problems if not problem.warning]
    return as_text(reading.problems, files=reading.files) + "\n"
