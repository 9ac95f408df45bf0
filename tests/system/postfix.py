"""A real mail system on loopback: Postfix (STARTTLS and AUTH required), Dovecot (logins, IMAP over TLS), a CA of its own.

Nothing leaves this machine. Some recipients fail on purpose; a +tag is allowed:
tempfail@ 451, nouser@ 550, full@ 452, blocked@ 554, hangup@ 421 and the connection is closed.
"""

import contextlib
import imaplib
import os
import pwd
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import trustme

from tests.system.loopback import free_port, wait_until_answers

USER = "nudger@example.test"
PASSWORD = "s3cret"
MAILBOXES = ("alice", "bob")
OWNER = "nobody"
"""The account that mailboxes belong to."""

FAILURES = r"""
/^tempfail(\+[^@]*)?@/  451 4.3.0 temporary failure, asked for
/^full(\+[^@]*)?@/      452 4.2.2 mailbox full, asked for
/^nouser(\+[^@]*)?@/    550 5.1.1 no such user, asked for
/^blocked(\+[^@]*)?@/   554 5.7.1 blocked, asked for
/^hangup(\+[^@]*)?@/    421 4.3.2 closing, asked for
"""

MAIN_CF = """
compatibility_level = 3.6
queue_directory = {root}/spool
data_directory = {root}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.example.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
# Postfix writes its log under /var/log and nowhere else
maillog_file = {log}
default_database_type = texthash
alias_maps =
local_recipient_maps =
recipient_delimiter = +
virtual_mailbox_domains = example.test
virtual_mailbox_base = {root}/mail
virtual_mailbox_maps = texthash:{root}/mailboxes
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 100
default_transport = error:5.7.1 outside mail is off
relay_transport = error:5.7.1 outside mail is off
disable_dns_lookups = yes
smtpd_relay_restrictions = permit_auth_destination, reject
smtpd_recipient_restrictions = check_recipient_access regexp:{root}/failures
smtpd_client_restrictions = permit_sasl_authenticated, reject
smtpd_sender_restrictions = reject_sender_login_mismatch
smtpd_sender_login_maps = inline:{{ {{{user} = {user}}} }}
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = {root}/certificate.pem
smtpd_tls_key_file = {root}/key.pem
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_sasl_security_options = noanonymous
smtpd_error_sleep_time = 0
message_size_limit = 1048576
"""

MASTER_CF = """
127.0.0.1:{smtp} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""

DOVECOT_CONF = """
base_dir = {root}/dovecot
instance_name = nudger-test
protocols = imap
listen = 127.0.0.1
log_path = {root}/dovecot.log
ssl = required
ssl_cert = <{root}/certificate.pem
ssl_key = <{root}/key.pem
auth_mechanisms = plain login
mail_location = maildir:{root}/mail/%n
first_valid_uid = {uid}
first_valid_gid = {gid}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {root}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/mail/%n
}}
service auth {{
  unix_listener {root}/spool/private/auth {{
    mode = 0660
    user = postfix
    group = postfix
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {imap}
  }}
}}
"""


def what_is_missing() -> str | None:
    """Say why there can be no mail system, or None."""
    if os.geteuid() != 0:
        return "needs root"
    programs = {"postfix": "/usr/sbin/postfix", "dovecot-imapd": "/usr/lib/dovecot/imap"}
    missing = [package for package, program in programs.items() if not Path(program).exists()]
    return f"needs {' and '.join(missing)} (apt install)" if missing else None


@dataclass(frozen=True, slots=True)
class MailSystem:
    """Where the running mail system is reached, always on `localhost`."""

    smtp_port: int
    imap_port: int
    ca_file: Path

    def letters(self, mailbox: str) -> list[EmailMessage]:
        """Read all mail of a mailbox over IMAP."""
        trusted = ssl.create_default_context(cafile=self.ca_file)
        with imaplib.IMAP4_SSL("localhost", self.imap_port, ssl_context=trusted, timeout=20) as imap:
            imap.login(f"{mailbox}@example.test", PASSWORD)
            imap.select(readonly=True)
            numbers = imap.search(None, "ALL")[1][0].split()
            raw = [imap.fetch(number, "(RFC822)")[1][0][1] for number in numbers]
        return [message_from_bytes(letter, policy=default) for letter in raw]

    def wait_for_letters(self, mailbox: str, count: int = 1, limit: float = 20) -> list[EmailMessage]:
        """Wait until a mailbox holds so many mails; the oldest comes first."""
        give_up = time.monotonic() + limit
        while time.monotonic() < give_up:
            letters = self.letters(mailbox)
            if len(letters) >= count:
                return letters
            time.sleep(0.1)
        raise AssertionError(f"fewer than {count} mails for {mailbox} within {limit:.0f} s")


@contextlib.contextmanager
def mail_system() -> Iterator[MailSystem]:
    """Start Postfix and Dovecot, and end them again."""
    # Not pytest's own folder: that one is closed to the users that the servers run as.
    with tempfile.TemporaryDirectory(prefix="nudger-mail-", dir="/var/tmp", ignore_cleanup_errors=True) as folder:
        root, smtp, imap = Path(folder), free_port(), free_port()
        root.chmod(0o755)
        log = Path(f"/var/log/{root.name}.log")
        _write_files(root, log, smtp, imap)
        try:
            _start(root, log)
            wait_until_answers(smtp, imap)
            yield MailSystem(smtp, imap, root / "ca.pem")
        finally:
            _stop(root)
            log.unlink(missing_ok=True)


def _write_files(root: Path, log: Path, smtp: int, imap: int) -> None:
    owner = pwd.getpwnam(OWNER)
    words = {
        "root": root,
        "log": log,
        "smtp": smtp,
        "imap": imap,
        "uid": owner.pw_uid,
        "gid": owner.pw_gid,
        "user": USER,
    }
    for name in ("postfix", "spool", "data", "mail", "dovecot"):
        (root / name).mkdir()
    shutil.chown(root / "mail", OWNER)
    shutil.chown(root / "data", "postfix")
    (root / "postfix/main.cf").write_text(MAIN_CF.format(**words))
    (root / "postfix/master.cf").write_text(MASTER_CF.format(**words))
    (root / "dovecot.conf").write_text(DOVECOT_CONF.format(**words))
    (root / "failures").write_text(FAILURES)
    (root / "mailboxes").write_text("".join(f"{name}@example.test {name}/\n" for name in MAILBOXES))
    logins = [USER, *(f"{name}@example.test" for name in MAILBOXES)]
    (root / "users").write_text("".join(f"{login}:{{PLAIN}}{PASSWORD}::::::\n" for login in logins))
    _write_certificates(root)


def _write_certificates(root: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(root / "ca.pem")
    issued = authority.issue_cert("localhost", "mail.example.test")
    issued.cert_chain_pems[0].write_to_path(root / "certificate.pem")
    issued.private_key_pem.write_to_path(root / "key.pem")
    (root / "key.pem").chmod(0o600)


def _start(root: Path, log: Path) -> None:
    log.touch()
    postfix = ["postfix", "-c", f"{root}/postfix"]
    # `check` lays out the queue folders, among them the one that Dovecot puts its socket into.
    for command in ([*postfix, "check"], ["dovecot", "-c", f"{root}/dovecot.conf"], [*postfix, "start"]):
        # Output goes to a file: the servers keep it open, and a pipe would never end.
        with (root / "start.log").open("a") as out:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=False, timeout=60)
        assert done.returncode == 0, f"{command[0]} did not start:\n{(root / 'start.log').read_text()}{log.read_text()}"


def _stop(root: Path) -> None:
    subprocess.run(
        ["postfix", "-c", f"{root}/postfix", "stop"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )
    dovecot = root / "dovecot/master.pid"
    if dovecot.exists():
        os.kill(int(dovecot.read_text()), signal.SIGTERM)
    _wait_until_gone(dovecot)


def _wait_until_gone(pid_file: Path, limit: float = 10) -> None:
    give_up = time.monotonic() + limit
    while pid_file.exists() and time.monotonic() < give_up:
        time.sleep(0.05)
