"""What Spanish messages are looked over for."""

from nudger.domain.vocabulary import Rule
from nudger.proofread.lexicon import Lexicon, Phrase

_FREE = ("no ", "si ", "cuando ", "nunca ", "nada ", "lo que ", "sin que ", "nadie ")

_PRESSURE = (
    Phrase(Rule.PRESSURE, "debes, deberías, debieras", r"\b(?:debes|deberías|debieras)\b", said=True, unless=_FREE),
    Phrase(Rule.PRESSURE, "tienes que, tendrías que", r"\b(?:tienes|tendrías) que\b", said=True, unless=_FREE),
    Phrase(
        Rule.PRESSURE,
        "hay que, habría que",
        r"\b(?:hay|habría) que \w+(?:ar|er|ir)(?:se|te|lo|la|los|las)?\b",
        said=True,
        unless=_FREE,
    ),
    Phrase(Rule.PRESSURE, "necesitas", r"\bnecesitas \w+(?:ar|er|ir)(?:te|lo|la)?\b", said=True, unless=_FREE),
    Phrase(Rule.PRESSURE, "has de", r"\bhas de \w+(?:ar|er|ir)\b", said=True, unless=_FREE),
    Phrase(Rule.PRESSURE, "olvides", r"\bno (?:te |lo |la )?olvides\b", said=True),
    Phrase(Rule.PRESSURE, "asegúrate, procura", r"(?:^|[.:;,¿¡] )(?:asegúrate|procura)\b", said=True),
    Phrase(
        Rule.PRESSURE,
        "recuerda, acuérdate",
        r"(?:^|[.:;] )(?:recuerda \w+(?:ar|er|ir)|acuérdate de \w+(?:ar|er|ir))\b",
        said=True,
    ),
    Phrase(
        Rule.PRESSURE,
        "importante, esencial, fundamental",
        r"\bes (?:importante|esencial|fundamental) (?:que|\w+(?:ar|er|ir))\b",
    ),
    Phrase(Rule.PRESSURE, "excusas", r"\b(?:sin|no hay) excusas\b"),
)

_CHEER = (
    Phrase(Rule.CHEER, "tú puedes", r"\btú puedes(?: con todo)?(?=[.,!]|$)", said=True),
    Phrase(
        Rule.CHEER, "ánimo", r"(?:^|[.:;,¡] ?)(?:mucho |arriba ese )?ánimo(?=[.,!]|$)|\barriba ese ánimo\b", said=True
    ),
    Phrase(Rule.CHEER, "sonríe", r"(?:^|[.:;,] )(?:y )?sonríe(?=[.,! ]|$)(?! a)", said=True),
    Phrase(
        Rule.CHEER,
        "positivo, positiva",
        r"\b(?:sé|piensa en|mantente|mantén\w*) (?:una actitud )?positiv[oa]\b",
        said=True,
    ),
    Phrase(Rule.CHEER, "pasa por algo", r"\btodo pasa por algo\b", unless=("digan que ", "dicen que ")),
    Phrase(Rule.CHEER, "ganas", r"\béchale ganas\b", said=True),
    Phrase(
        Rule.CHEER,
        "saldrá bien, salir bien, estará bien, estar bien",
        r"\btodo (?:va a salir|saldrá|estará|va a estar) bien\b",
        said=True,
    ),
    Phrase(
        Rule.CHEER,
        "genial, fantástico, fantástica, increíble, maravilloso, maravillosa",
        r"\b(?:genial|fantástic[oa]|increíble|maravillos[oa])\b",
    ),
    Phrase(
        Rule.CHEER,
        "orgullosos, orgullosas, orgulloso, orgullosa",
        r"\b(?:estamos|estoy) (?:muy )?orgullos[oa]s? de ti\b",
    ),
    Phrase(Rule.CHEER, "lado bueno, lado positivo", r"\b(?:mira )?el lado (?:bueno|positivo)\b", said=True),
    Phrase(Rule.CHEER, "adelante", r"\bsiempre adelante\b|(?:^|[.] )(?:vamos|venga), "),
)

_WORTH = (
    r"(?:suficiente|valios[oa]|fuerte|capaz|perfect[oa]|hermos[oa]|invencible|dign[oa]|especial|valiente"
    r"|una (?:buena|gran) persona)"
)
_AFFIRMATION = (
    Phrase(
        Rule.AFFIRMATION,
        "soy",
        rf"\b(?<!¿)soy (?:muy )?{_WORTH}\b",
    ),
    Phrase(
        Rule.AFFIRMATION,
        "me amo, me quiero, me acepto, me perdono",
        r"\bme (?:amo|quiero|acepto|perdono)(?: a mí)?(?: \w+)?(?=[.,;:'!]|$)",
    ),
    Phrase(Rule.AFFIRMATION, "merezco", r"(?<!¿)\b(?<!qué )merezco\b"),
    Phrase(Rule.AFFIRMATION, "puedo con todo", r"\byo puedo con todo\b|\bpuedo con todo\b"),
    Phrase(Rule.AFFIRMATION, "creo en mí", r"\bcreo en mí\b"),
    Phrase(Rule.AFFIRMATION, "elijo", r"\belijo (?:la alegría|ser feliz|la paz|el amor)\b"),
    Phrase(Rule.AFFIRMATION, "estoy", r"\bestoy (?:en paz|complet[oa])(?=[.,;:'!]|$)"),
)

_GUILT = (
    Phrase(
        Rule.GUILT,
        "racha, rachas",
        r"\b(?:tu|la|una) racha de \w+ (?:días|notas)|\b(?:tu racha|(?:no )?(?:pierdas|rompas) la racha)\b",
    ),
    Phrase(
        Rule.GUILT,
        "puntos, puntuación, puntaje, nivel",
        r"\b(?:tu (?:puntuación|puntaje|nivel)|tus puntos|(?:gan\w+|sum\w+) \w* ?puntos)\b",
    ),
    Phrase(Rule.GUILT, "seguidos", r"\b(?:\d+|dos|tres|cuatro|cinco|seis|siete|diez) días seguidos\b"),
    Phrase(
        Rule.GUILT,
        "has",
        r"\bno (?:nos |me )?has (?:contestado|respondido|escrito|hecho|leído|vuelto)\b|\bhas (?:fallado|faltado)\b",
        said=True,
    ),
    Phrase(
        Rule.GUILT,
        "contestaste, respondiste, escribiste, cumpliste, hiciste",
        r"\bno (?:nos |me |lo )?(?:contestaste|respondiste|escribiste|cumpliste|hiciste)\b(?! mal| nada)",
        said=True,
    ),
    Phrase(Rule.GUILT, "echamos, extrañamos", r"\bte (?:echamos de menos|extrañamos)\b"),
    Phrase(
        Rule.GUILT,
        "falles, fallaste, faltaste",
        r"\b(?:no (?:nos |te )?falles|(?:nos )?fallaste|faltaste)\b",
        said=True,
    ),
    Phrase(Rule.GUILT, "decepciones, decepcionas, decepcionar", r"\b(?:no )?(?:nos |te )?decepcion(?:es|as)\b"),
    Phrase(
        Rule.GUILT,
        "esperamos, esperando",
        r"\b(?:seguimos|estamos) esperando (?:tu|que)\b|\bte (?:seguimos )?esperando\b",
    ),
    Phrase(Rule.GUILT, "meta, metas, objetivo, objetivos", r"\btus? (?:metas?|objetivos?)\b"),
    Phrase(Rule.GUILT, "atrás", r"\bte (?:estás quedando|quedas|quedaste) atrás\b", said=True),
)

_ASK = (
    r"(?:[Rr]espond[ea]|[Cc]ontest[ae]|[Ee]scrib[ea]|[Mm]and[ae]|[Ee]nv[ií][ae]|[Pp]on|[Tt]eclea|[Dd]i)"
    r"(?:nos|me)?(?: con)?(?: la palabra| un)?"
)
_RESERVED = (
    r"STOP|STOPALL|PARAR|PARA|ALTO|BAJA|FIN|SI|SÍ|YES|START|INICIO|INICIAR|ALTA|HELP|AYUDA|INFO|END|QUIT|CANCEL"
    r"|CANCELAR|SALIR"
)

SPANISH = Lexicon(
    phrases=(*_PRESSURE, *_CHEER, *_AFFIRMATION, *_GUILT),
    labels=(
        "depresi* deprimid* ansiedad ansios* pánico suicid* bipolar trauma* trastorno* diagnóstic* diagnostic* "
        "enfermedad* enferm* terapia* medicación psiquiatr* psicólog* psicológic* crisis recaída* recaer "
        "adicci* adict* mental triste* tristeza desesper* vergüenza culpa culpable* miedo* enojo rabia ira llanto "
        "llorar lágrimas soledad duelo síntoma* paciente* autolesi*"
    ),
    reserved=(
        rf"\b{_ASK} [\"']?(?:{_RESERVED})\b"
        rf"|\b{_ASK} (?:sí|[\"'](?i:stop|parar|alto|baja|sí|si|ayuda|info|fin|cancelar|salir)[\"'])(?!\w)"
        rf"|\b(?:{_RESERVED}) para (?!que)"
    ),
    reserved_triggers=(
        "responde responda contesta conteste escribe escriba manda mande envía envia envíe pon teclea di responder "
        "stop baja start alta ayuda help"
    ),
    joined=r"(?:^|[\s(])(a|de) \{local_service\b",
    plain_letters=frozenset("áíóúÁÍÓÚ"),
)
