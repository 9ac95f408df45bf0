"""What English messages are looked over for."""

from nudger.domain.vocabulary import Rule
from nudger.proofread.lexicon import Lexicon, Phrase

_ANYHOW = r"(?:'ll| will| just| really| always| still| all| simply| definitely)?"
_ASKED = ("if ", "when ", "what ", "whatever ", "than ", "do ", "did ", "that ", "think ", "until ", "all ")

_PRESSURE = (
    Phrase(
        Rule.PRESSURE, "must, should, ought", rf"\byou{_ANYHOW} (?:must|should|ought to)\b", said=True, unless=_ASKED
    ),
    Phrase(Rule.PRESSURE, "have to, need to", rf"\byou{_ANYHOW} (?:have|need) to\b", said=True, unless=_ASKED),
    Phrase(Rule.PRESSURE, "got to, gotta", r"\byou(?:'ve| have)? (?:got to|gotta)\b", said=True),
    Phrase(Rule.PRESSURE, "better", r"\byou(?:'d| had) better\b", said=True),
    Phrase(Rule.PRESSURE, "supposed, expected, required", r"\byou(?:'re| are) (?:supposed|expected|required) to\b"),
    Phrase(Rule.PRESSURE, "forget", r"(?:^|[.!?;:,] )(?:please )?don't forget\b", said=True),
    Phrase(Rule.PRESSURE, "sure", r"(?:^|[.!?;:,] )(?:please )?(?:make|be) sure\b", said=True),
    Phrase(Rule.PRESSURE, "remember to", r"(?:^|[.!?;:,] )(?:please )?remember to\b", said=True),
    Phrase(
        Rule.PRESSURE,
        "important, vital, essential, crucial",
        r"\bit's (?:important|vital|essential|crucial) (?:to|that)\b",
    ),
    Phrase(Rule.PRESSURE, "excuses", r"\bno excuses\b"),
)

_CHEER = (
    Phrase(Rule.CHEER, "got this", r"\byou(?:'ve)? got this\b"),
    Phrase(Rule.CHEER, "cheer, chin", r"\b(?:cheer|chin) up\b", said=True, unless=("told to ",)),
    Phrase(Rule.CHEER, "positive", r"\b(?:stay|think|be|keep) positive\b", said=True),
    Phrase(Rule.CHEER, "vibes", r"\b(?:good|positive) vibes\b"),
    Phrase(
        Rule.CHEER,
        "smile, smiling",
        r"(?:^|[.!?;:,] )(?:just |keep |and )?(?:smile|smiling)\b(?! (?:at|back|lines))",
        said=True,
    ),
    Phrase(Rule.CHEER, "for a reason", r"\beverything happens for a reason\b"),
    Phrase(Rule.CHEER, "bright", r"\b(?:look on )?the bright side\b", said=True),
    Phrase(Rule.CHEER, "awesome, amazing, fantastic, incredible", r"\b(?:awesome|amazing|fantastic|incredible)\b"),
    Phrase(Rule.CHEER, "crush, crushing, rock", r"\b(?:crush(?:ing)? it|rock (?:this|it|today))\b"),
    Phrase(Rule.CHEER, "yay, woohoo, hooray", r"\b(?:yay|woohoo|hooray)\b"),
    Phrase(Rule.CHEER, "job, going", r"\b(?:great|good|awesome) job\b|\bway to go\b", said=True),
    Phrase(Rule.CHEER, "proud", r"\b(?:we're|we are|i'm|i am) (?:so )?proud of you\b"),
    Phrase(
        Rule.CHEER,
        "the best, your best, best day",
        r"\b(?:make|have) (?:it|today|this) (?:the best|your best)\b|\bbest day ever\b",
    ),
)

_WORTH = (
    r"(?:enough|worthy|worth it|lovable|loved|strong|beautiful|perfect|confident|powerful|unstoppable|at peace"
    r"|in control|complete|special|brave|a (?:good|lovable|worthy|strong|beautiful|wonderful) person)"
)
_AFFIRMATION = (
    Phrase(Rule.AFFIRMATION, "am, i'm", rf"\bi(?:'m| am) (?:\w+ )?{_WORTH}\b(?!\?)"),
    Phrase(Rule.AFFIRMATION, "love, accept, forgive", r"\bi (?:\w+ )?(?:love|accept|forgive) (?:myself|who i am)\b"),
    Phrase(Rule.AFFIRMATION, "deserve, believe", r"\bi (?:deserve (?!to stop)|believe in myself)"),
    Phrase(Rule.AFFIRMATION, "choose", r"\bi choose (?:joy|happiness|peace|love|to be)\b"),
    Phrase(Rule.AFFIRMATION, "i can", r"\bi can (?:do|achieve|handle) (?:anything|everything|this)\b"),
)

_GUILT = (
    Phrase(Rule.GUILT, "streak, streaks", r"\b(?:your|a|the|\d+[- ]?day) streaks?\b"),
    Phrase(
        Rule.GUILT,
        "score, points, points, level",
        r"\b(?:your (?:score|points|level)|(?:earn|earned|scored?) (?:\w+ )?points)\b",
    ),
    Phrase(Rule.GUILT, "in a row", r"\b(?:\d+|two|three|four|five|six|seven|ten) days in a row\b"),
    Phrase(
        Rule.GUILT,
        "missed, skipped, forgot, failed, ignored",
        r"\byou(?:'ve| have)? (?:missed|skipped|forgot|failed|ignored)\b(?! out| by| nothing)",
        said=True,
    ),
    Phrase(
        Rule.GUILT,
        "haven't",
        r"\b(?:you|we) haven't (?:answered|replied|written|done|read|heard|been|tried)\b",
        said=True,
    ),
    Phrase(Rule.GUILT, "miss, missed", r"\bwe(?:'ve)? miss(?:ed)? (?:you|hearing)\b"),
    Phrase(Rule.GUILT, "break", r"(?:^|[.!?;:,] )don't break (?:it|the|your)\b"),
    Phrase(
        Rule.GUILT, "disappoint, disappointed, disappointing", r"\bdisappoint(?:ed|ing)? (?:us|in you|yourself|them)\b"
    ),
    Phrase(
        Rule.GUILT,
        "us down, yourself down, everyone down",
        r"\b(?:let|letting) (?:us|yourself|everyone) down\b",
        said=True,
    ),
    Phrase(Rule.GUILT, "waiting", r"\b(?:we're|we are|i'm|i am) (?:still )?waiting (?:for|to hear from) you(?:r)?\b"),
    Phrase(Rule.GUILT, "goal, goals, target", r"\byour (?:goals?|target)\b"),
    Phrase(Rule.GUILT, "behind", r"\byou(?:'re| are) (?:falling )?behind\b", said=True),
)

_RESERVED = r"STOP|STOPALL|UNSUBSCRIBE|END|QUIT|CANCEL|REVOKE|OPT ?OUT|YES|START|UNSTOP|HELP|INFO"
_ASK = (
    r"(?:[Rr]eply|[Aa]nswer|[Rr]espond|[Tt]ext|[Ss]end|[Ww]rite|[Tt]ype|[Ss]ay)"
    r"(?: us| me)?(?: back)?(?: with| by)?(?: the)?(?: word| a)?"
)
_ORDER = r"^|[.?!,;:] |[Pp]lease |[Jj]ust |[Yy]ou (?:can|could|may|might) "
_WORDS = r"stop|end|quit|cancel|yes|start|help|info|unsubscribe"

ENGLISH = Lexicon(
    phrases=(*_PRESSURE, *_CHEER, *_AFFIRMATION, *_GUILT),
    labels=(
        "depress* anxi* panic suicid* bipolar ptsd trauma* disorder* diagnos* illness* therap* medication* meds "
        "psychiatr* psycholog* crisis relaps* addict* ocd adhd psycho* manic mania self-harm breakdown mood moods "
        "mental sad sadness hopeless* worthless* lonel* despair* miserable grief griev* asham* shame guilt* "
        "angry anger rage afraid scared cry crying tears patient patients symptom*"
    ),
    reserved=(
        rf"\b{_ASK} [\"']?(?:{_RESERVED})\b"
        rf"|\b{_ASK} [\"'](?i:{_WORDS})[\"']"
        rf"|(?:{_ORDER})(?:[Rr]eply|[Rr]espond|[Aa]nswer)(?: back)?(?: with)? (?i:{_WORDS})\b(?! me| you| us)"
        rf"|\b(?:{_RESERVED}) (?:to|if you|for)\b"
    ),
    reserved_triggers=("stop stopall unsubscribe end quit cancel revoke opt optout yes start unstop help info"),
)
