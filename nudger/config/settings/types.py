"""Every setting, typed and explained. `settings` reads and judges them."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from nudger.config import locations
from nudger.config.settings import shapes
from nudger.config.settings.env_file import PREFIX
from nudger.config.settings.pairs import IMPLICIT_TLS
from nudger.domain.ledger_place import LedgerFile, LedgerPlace, read_ledger_place
from nudger.domain.transport_security import SmtpSecurity


def _one_of(*known: str, meant: dict[str, str] | None = None) -> Callable[[Any], Any]:
    return lambda value: shapes.choice(value, known, meant or {}) if isinstance(value, str) else value


_SECURITY = _one_of(
    *SmtpSecurity,
    meant=dict.fromkeys(("ssl", "ssl/tls", "smtps", "implicit", "tls/ssl", "465"), "tls")
    | dict.fromkeys(("start-tls", "start_tls", "explicit", "true", "yes", "on", "587"), "starttls")
    | dict.fromkeys(("false", "no", "off", "plain", "0", "null"), "none"),
)
_LEVEL = _one_of("debug", "info", "warning", "error", meant={"warn": "warning", "critical": "error", "fatal": "error"})
_FORMAT = _one_of("auto", "console", "json", meant={"text": "console", "plain": "console"})


class Settings(BaseSettings):
    """Every setting. Each is the variable NUDGER_<NAME>. Made of what is given to it, and of nothing else."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True)

    config_dir: Path = Field(default=Path(), description="The folder with schedules/, messages/ and recipients.yaml.")
    state_dir: Annotated[Path, AfterValidator(shapes.folder)] | None = Field(
        default=None, description="Where the ledger and local mail are kept. Default: CONFIG/var."
    )
    recipients: Path | None = Field(default=None, description="The people's file. Default: recipients.yaml.")
    database_url: SecretStr | None = Field(
        default=None, description="The ledger, e.g. postgresql+psycopg://user@host/nudger."
    )
    seed: str = Field(default="nudger", description="Draws the minutes and messages; another seed, other draws.")
    service_name: str = Field(default="nudger", description="What messages call this service: {service}.")
    contact: Annotated[str, AfterValidator(shapes.contact)] | None = Field(
        default=None, description="Whom to write to, also for stopping: {contact}."
    )
    crisis_line: str = Field(
        default="In the US call or text 988; elsewhere see findahelpline.com.",
        description="Where help is, as one sentence: {crisis_line}.",
    )
    local_service: str | None = Field(
        default=None, description="A place near your people where help is to be had: {local_service}."
    )
    twilio_account_sid: str | None = Field(default=None, description="Twilio account (AC…).")
    twilio_auth_token: SecretStr | None = Field(default=None, description="Twilio's token; better as a credential.")
    twilio_from: Annotated[str, AfterValidator(shapes.sms_sender)] | None = Field(
        default=None, description="Sending number (+1…) or messaging service (MG…)."
    )
    twilio_base_url: Annotated[str, AfterValidator(shapes.base_url)] | None = Field(
        default=None, description="For providers that speak Twilio's language."
    )
    smtp_host: Annotated[str, AfterValidator(shapes.host)] | None = Field(default=None, description="Mail server.")
    smtp_port: Annotated[int, BeforeValidator(shapes.port)] = Field(
        default=587, description="Its port: 587 for starttls, 465 for tls."
    )
    smtp_security: Annotated[SmtpSecurity, BeforeValidator(_SECURITY)] = Field(
        default=SmtpSecurity.STARTTLS, description="starttls; tls (default on port 465); none (this machine only)."
    )
    smtp_username: str | None = Field(default=None, description="Login at the mail server.")
    smtp_password: SecretStr | None = Field(default=None, description="Its password; better as a credential.")
    smtp_ca_file: Annotated[Path, AfterValidator(shapes.certificates)] | None = Field(
        default=None, description="A certificate authority of your own."
    )
    email_from: Annotated[str, AfterValidator(shapes.sender)] | None = Field(
        default=None, description='Sender, e.g. "Small notes <notes@example.org>".'
    )
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_LEVEL)] | None = Field(
        default=None, description="Default: warning on a terminal, where nudges are shown; info elsewhere."
    )
    log_format: Annotated[Literal["auto", "console", "json"], BeforeValidator(_FORMAT)] = Field(
        default="auto", description="auto: console on a terminal, or json."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the base's shape
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Leave the sources to `setting_sources`, which knows the place of each value."""
        return (init_settings,)

    @field_validator("*", mode="before")
    @classmethod
    def _one_line(cls, value: Any) -> Any:
        return shapes.one_line(value) if isinstance(value, str) else value

    @field_validator("state_dir", "recipients", "smtp_ca_file", mode="before")
    @classmethod
    def _as_written(cls, value: Any) -> Any:
        return shapes.path(value) if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _names_a_place(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            read_ledger_place(value.get_secret_value())
        return value

    @model_validator(mode="before")
    @classmethod
    def _implicit_tls(cls, data: Any) -> Any:
        """Port 465 speaks TLS from the first byte (RFC 8314, 3.3), unless something else is said."""
        if isinstance(data, dict) and str(data.get("smtp_port", "")).strip() == str(IMPLICIT_TLS):
            return {"smtp_security": SmtpSecurity.TLS} | data
        return data

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
        return LedgerFile(path=locations.ledger_file(self.state))

    @property
    def ledger_may_exist(self) -> bool:
        """Whether there can be a ledger: not where neither it nor the sign of one is in the state folder."""
        return self.database_url is not None or locations.may_have_ledger(self.state)

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
