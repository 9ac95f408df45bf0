"""Environments as nobody means them: random values for every setting, TZ, LC_*, HOME, nudger.env and credentials.

A secret is planted wherever one may stand, whole or mangled; `leaked` looks for any four letters of it.
"""

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from nudger.config.settings.read import Settings

SECRET = "zQ7xKv9wJm4pXf2"
_SECRETS = ("SMTP_PASSWORD", "TWILIO_AUTH_TOKEN", "DATABASE_URL")
_FIELDS = [name.upper() for name in Settings.model_fields if name != "config_dir"]
_LIKELY = {
    "SMTP_HOST": ["localhost", "smtp.example.org", "smtp.example.org:587", "https://smtp.example.org", "bücher.example", "::1", "a b", "x."],
    "SMTP_PORT": ["587", "465", "25", "0", "70000", "smtps", "58 7", "٣", "-1", "9" * 5000],
    "SMTP_SECURITY": ["starttls", "TLS", "ssl", "none", "yes"],
    "EMAIL_FROM": ["a@example.org", "Small <a@example.org>", "notes", '"a" b <c@d', "ü@example.org", "<>", "a@bücher.example"],
    "TWILIO_FROM": ["+15005550006", "4135550123", "MG" + "a" * 32, "Kind Notes", "12345", "+1", "whatsapp:+1"],
    "TWILIO_ACCOUNT_SID": ["AC" + "a" * 32, "SK00", "AC1", "ac" + "a" * 32],
    "TWILIO_BASE_URL": ["http://127.0.0.1:4150", "https://u:p@h", "ftp://x", "https://api.example.org/", "http://[::1"],
    "DATABASE_URL": [f"postgres://u:{SECRET}@127.0.0.1:1/n", f"postgresql://u:{SECRET[:7]}@{SECRET[7:]}/w:#@127.0.0.1:1/n",
                     f"mysql://u:{SECRET}@h/d", f"{SECRET}", "sqlite://", "postgresql://127.0.0.1:1/n"],
    "STATE_DIR": ["var", "~/x", "${HOME}/x", "a%20b", "q?x", "/proc/nope", "/dev/null", "x" * 300, "recipients.yaml"],
    "RECIPIENTS": ["recipients.yaml", "nowhere.yaml", "/etc/passwd", ".", "/dev/zero"],
    "SMTP_CA_FILE": ["nudger.env", "/nowhere", "/etc/ssl/certs/ca-certificates.crt", "."],
    "LOG_LEVEL": ["INFO", "warn", "trace", "debug"],
    "LOG_FORMAT": ["JSON", "text", "console"],
    "CONTACT": ["a@example.org", "mailto:a@b.c", "call us"],
}  # fmt: skip
_ODD = [
    "",
    " ",
    "\t",
    "%s%n{0}{x}",
    "${HOME}",
    "\u202e\u200b",
    "\x1b[31m",
    "é" * 50,
    "a" * 3000,
    "😀",
    "\udcff\udcfe",
    "'",
    '"',
    "#x",
    "\\",
]
_ZONES = [
    "GMT+0100",
    "IST-0530",
    "UTC+25",
    ":/etc/localtime",
    "/nonexistent",
    "",
    "x" * 4000,
    "../..",
    "Europe/Berlin",
    "\udcff",
    "CET-1CEST,M3.5.0",
]
_LOCALES = ["C", "POSIX", "en_US.ISO-8859-1", "nonexistent", "tr_TR.UTF-8", "", "C.UTF-8", "x" * 500]
_HOMES = ["", "/nonexistent", "/etc/passwd", "/proc", ".", "\udcff", "x" * 5000]
_CODECS = ["ascii", "latin-1", "utf-8", "cp1252", "ascii:strict", "utf-16"]
_PATHS = ["", ".", "/nonexistent", "/dev/null", "x" * 5000, "/proc", "~", "${HOME}", "a:b", "\udcff"]
_AROUND = {
    "TZ": (_ZONES, 0.4),
    **dict.fromkeys(("LC_ALL", "LANG"), (_LOCALES, 0.3)),
    "HOME": (_HOMES, 0.3),
    "PYTHONIOENCODING": (_CODECS, 0.3),
    **dict.fromkeys(("STATE_DIRECTORY", "XDG_CACHE_HOME", "CREDENTIALS_DIRECTORY", "TMPDIR"), (_PATHS, 0.1)),
    **dict.fromkeys(
        ("COLUMNS", "TERM", "NO_COLOR", "JOURNAL_STREAM", "NOTIFY_SOCKET", "TZDIR", "PYTHONTZPATH"), (_ODD, 0.05)
    ),
}
"""What else a command finds around it: values, and how often."""


_SCHEDULE = 'schedules:\n  - {id: kind, to: everyone, when: {at: "12:00"}}\n'
_MESSAGE = """\
library: kind
messages:
  - {id: one, component: self-kindness, practice: self-talk, sms: "Kind words.", email: {subject: Kind, body: Kind words.}}
"""
_PEOPLE = 'recipients:\n  - {id: sam, time_zone: Europe/Berlin, email: sam@example.org, sms: "+14155550123"}\n'


@dataclass
class Odd:
    """One environment: variables, the bytes of nudger.env, and of credentials."""

    variables: dict[str, str] = field(default_factory=dict)
    env_file: bytes | None = None
    credentials: dict[str, bytes] = field(default_factory=dict)

    def lay_out(self, home: Path, credentials: Path) -> dict[str, str]:
        """Write the files; return the variables."""
        (home / "nudger.env").unlink(missing_ok=True)
        if self.env_file is not None:
            (home / "nudger.env").write_bytes(self.env_file)
        for old in credentials.iterdir():
            old.unlink()
        for name, content in self.credentials.items():
            (credentials / name).write_bytes(content)
        return self.variables | ({"CREDENTIALS_DIRECTORY": str(credentials)} if self.credentials else {})


def write_small(home: Path) -> None:
    """Write a small installation: one schedule, one message, one person."""
    for name, text in (("schedules/a.yaml", _SCHEDULE), ("messages/a.yaml", _MESSAGE), ("recipients.yaml", _PEOPLE)):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)


def odd_environment(rng: Random) -> Odd:
    """Return one environment."""
    odd = Odd()
    calm = rng.random() < 0.6  # else hardly any command would get past its settings
    for name in rng.sample(_FIELDS, rng.randint(0, 1 if calm else 6)):
        odd.variables[_name(rng, name)] = _value(rng, name)
    if rng.random() < (0.2 if calm else 0.6):
        odd.env_file = _env_file(rng)
    if rng.random() < (0.1 if calm else 0.4):
        odd.credentials = {_credential_name(rng): _bytes(rng) for _ in range(rng.randint(1, 3))}
    for name, (values, chance) in _AROUND.items():
        if rng.random() < chance:
            odd.variables[name] = rng.choice(values)
    return odd


def leaked(text: str) -> list[str]:
    """Return what of the secret stands in a text: pieces of four letters."""
    pieces = (SECRET[at : at + 4] for at in range(len(SECRET) - 3))
    return [piece for piece in pieces if piece in text]


def _name(rng: Random, name: str) -> str:
    if rng.random() < 0.85:
        return f"NUDGER_{name}"
    at = rng.randrange(len(name))
    return rng.choice(
        [
            f"NUDGER_{name[:at]}{name[at + 1 :]}",
            f"NUDGER_{name.lower()}",
            f"nudger_{name}",
            "NUDGER_FOO",
            f"NUDGER_{name}_X",
        ]
    )


def _value(rng: Random, name: str) -> str:
    if name in _SECRETS and rng.random() < 0.7:
        return rng.choice(
            [*_LIKELY.get(name, []), SECRET, f"{SECRET}é", f" {SECRET} ", f"{SECRET}\udcff", f"{SECRET}\n{SECRET}"]
        )
    if rng.random() < 0.7 and name in _LIKELY:
        return rng.choice(_LIKELY[name])
    return rng.choice(_ODD)


def _env_file(rng: Random) -> bytes:
    lines = []
    for _ in range(rng.randint(0, 8)):
        name = rng.choice(_FIELDS)
        full, value = _name(rng, name), _value(rng, name).replace("\n", " ")
        lines.append(
            rng.choice(
                [f"{full}={value}", f"{full}='{value}'", f'{full}="{value}"', f"{full}: {value}", f"{name}={value}", f"{full}",
                 f"{full}='{value}", f'{full}="{value}" {value}', f"export {full} = {value} # {value}", value, f"# {value}", f"{value}={value}"]
            )
        )  # fmt: skip
    text = rng.choice(["\n", "\r\n", "\r"]).join(lines)
    data = text.encode(rng.choice(["utf-8"] * 8 + ["utf-8-sig", "utf-16", "utf-16-le", "latin-1", "cp1252"]), "replace")
    if data and rng.random() < 0.2:
        at = rng.randrange(len(data))
        data = data[:at] + rng.randbytes(rng.randint(0, 3)) + data[at + rng.randint(0, 3) :]
    return data


def _credential_name(rng: Random) -> str:
    name = rng.choice(_SECRETS).lower()
    return rng.choice(
        [
            f"nudger_{name}",
            f"nudger_{name}",
            name,
            f"nudger_{name}.txt",
            f"NUDGER_{name.upper()}",
            "nudger_smtp_pasword",
            "other",
        ]
    )


def _bytes(rng: Random) -> bytes:
    return rng.choice(
        [SECRET.encode(), f"{SECRET}\r\n".encode(), f"\ufeff{SECRET}".encode(), f"{SECRET}é".encode("latin-1"), SECRET.encode("utf-16"),
         SECRET.encode("utf-16-be"), b"", b"\n", f"{SECRET}\n{SECRET}".encode(), f"NUDGER_X={SECRET}".encode(), f"{SECRET}\0".encode(),
         f"postgres://u:{SECRET}@h@x/d".encode(), b"\xff" * 10, f"{SECRET}\x07".encode(), SECRET.encode() * 10_000]
    )  # fmt: skip
