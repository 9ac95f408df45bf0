"""Settings: what an administrator sets, from NUDGER_* variables, `nudger.env`, and systemd's credentials.

Secrets may stand in the environment, but a credential (systemd.exec(5), LoadCredential) is read by nobody else: a
file `nudger_smtp_password` in $CREDENTIALS_DIRECTORY is the variable NUDGER_SMTP_PASSWORD.
"""

import os
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from nudger.domain.ledger_place import LedgerFile, LedgerPlace, read_ledger_place
from nudger.errors import SettingsError
from nudger.files import locations
from nudger.files.flaws import nearest
from nudger.files.locations import ENV_FILE

PREFIX = "NUDGER_"
LEDGER_FILE = "nudger.db"
_PLAIN_WORDS = {"int_parsing": "a whole number is expected"}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class SmtpSecurity(StrEnum):
    """How a mail connection is encrypted."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class Settings(BaseSettings):
    """Every setting. Each is the variable NUDGER_<NAME>."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True)

    config_dir: Path = Field(default=Path(), description="The folder with schedules/, messages/ and recipients.yaml.")
    state_dir: Path | None = Field(
        default=None, description="Where the ledger and local mail are kept. Default: CONFIG/var."
    )
    recipients: Path | None = Field(default=None, description="The people's file. Default: recipients.yaml.")
    database_url: SecretStr | None = Field(
        default=None, description="The ledger, e.g. postgresql+psycopg://user@host/nudger."
    )
    seed: str = Field(default="nudger", description="Draws the minutes and messages; another seed, other draws.")
    service_name: str = Field(default="nudger", description="What messages call this service: {service}.")
    contact: str | None = Field(default=None, description="Whom to write to, also for stopping: {contact}.")
    crisis_line: str = Field(
        default="In the US call or text 988; elsewhere see findahelpline.com.",
        description="Where help is, as one sentence: {crisis_line}.",
    )
    local_service: str | None = Field(
        default=None, description="A place near your people where help is to be had: {local_service}."
    )
    twilio_account_sid: str | None = Field(default=None, description="Twilio account (AC…).")
    twilio_auth_token: SecretStr | None = Field(default=None, description="Twilio's token; better as a credential.")
    twilio_from: str | None = Field(default=None, description="Sending number (+1…) or messaging service (MG…).")
    twilio_base_url: str | None = Field(default=None, description="For providers that speak Twilio's language.")
    smtp_host: str | None = Field(default=None, description="Mail server.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Its port: 587 for starttls, 465 for tls.")
    smtp_security: SmtpSecurity = Field(
        default=SmtpSecurity.STARTTLS, description="starttls; tls; none (this machine only)."
    )
    smtp_username: str | None = Field(default=None, description="Login at the mail server.")
    smtp_password: SecretStr | None = Field(default=None, description="Its password; better as a credential.")
    smtp_ca_file: Path | None = Field(default=None, description="A certificate authority of your own.")
    email_from: str | None = Field(default=None, description='Sender, e.g. "Small notes <notes@example.org>".')
    log_level: Literal["debug", "info", "warning", "error"] | None = Field(
        default=None, description="Default: warning on a terminal, where nudges are shown; info elsewhere."
    )
    log_format: Literal["auto", "console", "json"] = Field(
        default="auto", description="auto: console on a terminal, or json."
    )

    @field_validator("*", mode="before")
    @classmethod
    def _blank_is_absent(cls, value: Any, info: ValidationInfo) -> Any:
        """`NUDGER_CONTACT=` means: no contact."""
        if value == "" and info.field_name is not None:
            return cls.model_fields[info.field_name].get_default()
        return value

    @field_validator("database_url")
    @classmethod
    def _names_a_place(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            read_ledger_place(value.get_secret_value())
        return value

    @model_validator(mode="after")
    def _whole_groups(self) -> "Settings":
        wrong = [
            *_missing(self, "twilio_account_sid", "twilio_auth_token", "twilio_from"),
            *_missing(self, "smtp_host", "email_from"),
            *_missing(self, "smtp_username", "smtp_password"),
        ]
        if self.smtp_security is SmtpSecurity.NONE and self.smtp_host not in (None, *_LOOPBACK):
            wrong.append("NUDGER_SMTP_SECURITY=none is for a server on this machine only: write starttls or tls")
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    @property
    def state(self) -> Path:
        """The folder of the ledger."""
        return locations.state_dir(self.config_dir, self.state_dir)

    @property
    def recipients_places(self) -> tuple[Path, ...]:
        """Where the people's file may be."""
        return locations.recipients_places(self.config_dir, self.state, self.recipients)

    @property
    def recipients_path(self) -> Path:
        """Where the people's file is, or would be."""
        return locations.recipients_file(self.config_dir, self.state, self.recipients)

    @property
    def recipients_file(self) -> Path | None:
        """The people's file, or None where there is none: everybody may have been imported."""
        path = self.recipients_path
        return path if self.recipients is not None or path.exists() else None

    @property
    def maildir(self) -> Path:
        """Where the local channel keeps mail."""
        return self.state / "mail"

    @property
    def ledger_place(self) -> LedgerPlace:
        """Where the ledger is: what the URL names, else a file in the state folder."""
        if self.database_url is not None:
            return read_ledger_place(self.database_url.get_secret_value())
        return LedgerFile(path=self.state / LEDGER_FILE)

    @property
    def ledger_may_exist(self) -> bool:
        """Whether there can be a ledger: not where it would be in the state folder, and is not."""
        return self.database_url is not None or (self.state / LEDGER_FILE).exists()

    @property
    def ledger_is_file(self) -> bool:
        """Whether the ledger is SQLite, which this process has for itself."""
        return isinstance(self.ledger_place, LedgerFile)

    @property
    def sends_sms(self) -> bool:
        """Whether SMS go to a real provider."""
        return self.twilio_account_sid is not None

    @property
    def sends_email(self) -> bool:
        """Whether email goes to a real server."""
        return self.smtp_host is not None


def _missing(settings: Settings, *names: str) -> list[str]:
    missing = [f"{PREFIX}{name.upper()}" for name in names if getattr(settings, name) is None]
    given = [f"{PREFIX}{name.upper()}" for name in names if getattr(settings, name) is not None]
    return [f"{' and '.join(missing)} missing beside {' and '.join(given)}"] if missing and given else []


def load_settings(*, config_dir: Path) -> Settings:
    """Return the settings. Raises SettingsError with everything that is wrong with them, and no value of any."""
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    env_file = config_dir / ENV_FILE
    sources: dict[str, Any] = {
        "_env_file": env_file if env_file.is_file() else None,
        "_secrets_dir": credentials if credentials and Path(credentials).is_dir() else None,
    }
    wrong = _unknown(os.environ)
    try:
        settings = Settings(config_dir=config_dir, **sources)
    except ValidationError as error:
        wrong += [_line(each) for each in error.errors(include_input=False)]
    except OSError as error:
        wrong.append(f"{error.filename}: {error.strerror}")
    except UnicodeDecodeError:
        wrong.append(f"{env_file} is not UTF-8")
    if wrong:
        raise SettingsError(f"settings: {'; '.join(wrong)}")
    return settings


def _unknown(environment: Iterable[str]) -> list[str]:
    """Say which variables are no settings: a misspelt one is not silently nothing."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    names = sorted(name for name in environment if name.upper().startswith(PREFIX))
    return [_no_setting(name) for name in names if name.upper() not in known]


def _no_setting(name: str) -> str:
    known = [f"{PREFIX}{each.upper()}" for each in Settings.model_fields]
    near = nearest(name, known)
    hint = f"did you mean {near}?" if near else "`nudger init` writes a list of them all"
    return f"{name} is no setting of nudger ({hint})"


def _line(problem: Any) -> str:
    name = "_".join(str(part) for part in problem["loc"]).upper()
    if problem["type"] == "extra_forbidden":
        return _no_setting(name if name.startswith(PREFIX) else f"{PREFIX}{name}")
    words = _PLAIN_WORDS.get(problem["type"], problem["msg"].removeprefix("Value error, "))
    return f"{PREFIX}{name}: {words}" if name else words
