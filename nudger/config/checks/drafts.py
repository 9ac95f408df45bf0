"""Messages that nobody has reviewed, where real people would get them."""

from collections import Counter

from nudger.config.checks.references import ParsedFiles
from nudger.config.findings import Findings
from nudger.decisions.choosing.options import same_language
from nudger.domain.vocabulary import Purpose, ReviewState


def note_drafts(findings: Findings, configuration: ParsedFiles) -> None:
    """Warn once for each language of how many drafts would go to how many people."""
    messages = [written.value for written in configuration.messages]
    schedules = [written.value for written in configuration.schedules]
    drafts = Counter(
        each.language
        for each in messages
        if each.review is not None
        and each.review.state is ReviewState.DRAFT
        and (each.purpose is not Purpose.NUDGE or any(schedule.selection.takes(each) for schedule in schedules))
    )
    people = Counter(person.language for person in configuration.everybody)
    for language, count in sorted(drafts.items()):
        theirs = sum(number for spoken, number in people.items() if same_language(language, spoken))
        if theirs:
            folder = configuration.message_files[0].name.rpartition("/")[0] + "/"
            who = "1 person" if theirs == 1 else f"{theirs:,} people"
            noun = "draft message" if count == 1 else "draft messages"
            what = f"{count} {noun} in {language} would go to {who}"
            findings.about(folder, what, "Have somebody who speaks it look them over: review.", warning=True)
