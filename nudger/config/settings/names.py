"""Which setting was meant by a name that is none: one that is near in meaning, or none at all."""

import difflib
import re
from collections.abc import Iterable

from nudger.config.settings.env_file import PREFIX

_NEAR = 0.8
_LIST = "`nudger init DIR` writes a list of all settings."

_MEANT = {
    "SMTP_HOST": "SMTP_SERVER SMTP_HOSTNAME SMTP_ADDRESS SMTP MAIL_HOST MAIL_SERVER MAILSERVER EMAIL_HOST HOST",
    "SMTP_PORT": "MAIL_PORT EMAIL_PORT PORT",
    "SMTP_SECURITY": "SMTP_TLS SMTP_SSL SMTP_STARTTLS SMTP_ENCRYPTION SMTP_SECURE EMAIL_USE_TLS EMAIL_USE_SSL TLS SSL",
    "SMTP_USERNAME": "SMTP_USER SMTP_LOGIN MAIL_USERNAME MAIL_USER EMAIL_HOST_USER",
    "SMTP_PASSWORD": "SMTP_PASS SMTP_PASSWD SMTP_PWD SMTP_SECRET MAIL_PASSWORD EMAIL_HOST_PASSWORD PASSWORD",
    "SMTP_CA_FILE": "SMTP_CA SMTP_CERT SMTP_CERTIFICATE CA_FILE",
    "EMAIL_FROM": "SMTP_FROM MAIL_FROM FROM FROM_EMAIL FROM_ADDRESS SENDER EMAIL_SENDER DEFAULT_FROM_EMAIL",
    "TWILIO_ACCOUNT_SID": "TWILIO_SID TWILIO_ACCOUNT ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN": "TWILIO_TOKEN TWILIO_SECRET AUTH_TOKEN",
    "TWILIO_FROM": "TWILIO_NUMBER TWILIO_PHONE TWILIO_PHONE_NUMBER TWILIO_FROM_NUMBER TWILIO_SENDER SMS_FROM"
    " TWILIO_MESSAGING_SERVICE_SID TWILIO_MESSAGING_SERVICE",
    "TWILIO_BASE_URL": "TWILIO_URL TWILIO_API_URL TWILIO_API_BASE",
    "DATABASE_URL": "DATABASE DB DB_URL DB_URI DATABASE_URI DATABASE_DSN POSTGRES_URL POSTGRESQL_URL",
    "CONTACT": "REPLY_TO CONTACT_EMAIL EMAIL_CONTACT SUPPORT_EMAIL EMAIL_REPLY_TO",
    "SERVICE_NAME": "NAME SERVICE APP_NAME",
    "STATE_DIR": "STATE DATA_DIR STATE_DIRECTORY VAR_DIR DATA",
    "CONFIG_DIR": "CONFIG CONFIG_DIRECTORY CONFIGURATION",
    "RECIPIENTS": "PEOPLE RECIPIENTS_FILE RECIPIENT",
    "CRISIS_LINE": "CRISIS_LINES HOTLINE",
    "LOG_LEVEL": "LOGLEVEL LOG DEBUG VERBOSITY LEVEL",
    "LOG_FORMAT": "LOG_STYLE FORMAT",
}
_BY_ALIAS = {alias: name for name, aliases in _MEANT.items() for alias in aliases.split()}


def remedy(name: str, known: Iterable[str]) -> str:
    """Return what to do about a name that is no setting; `known` are the names of settings, without the prefix."""
    meant = _meant(re.sub(r"[^A-Z0-9]+", "_", name.upper()).removeprefix(PREFIX), frozenset(known))
    if meant:
        return f"Did you mean {PREFIX}{meant}?"
    if re.fullmatch(r"(NUDGER_)?(TZ|TIME_?ZONE)", name.upper()):
        return "Each person has a time_zone of their own; the machine's is TZ."
    return _LIST


def _meant(bare: str, known: frozenset[str]) -> str:
    if bare in known:
        return bare
    if (alias := _BY_ALIAS.get(bare, "")) in known:
        return alias
    near = difflib.get_close_matches(bare[:80], known, n=1, cutoff=_NEAR)
    return near[0] if near else ""
