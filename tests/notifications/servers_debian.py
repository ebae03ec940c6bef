"""Debian's Postfix and Dovecot with their own configurations, on free ports of loopback, for one test run."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.certificates import Certificates, certificates
from notifications.imap import ImapSettings
from notifications.smtp import SmtpSettings
from notifications.tls import Security
from tests.notifications.worlds import World

_PASSWORD = "debian-test"
_PROGRAMS = {"/usr/sbin/postfix": "postfix", "/usr/sbin/dovecot": "dovecot-imapd"}

_MAIN_CF = """
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
maillog_file_prefixes = {home}
maillog_file = {home}/postfix.log
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.clinic.example
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
default_transport = error:nothing leaves the machine
relay_transport = error:nothing leaves the machine
virtual_mailbox_domains = clinic.example, stp-egisz.ru
virtual_mailbox_maps = inline:{{ {{clinic@clinic.example=clinic/}}, {{egisz@stp-egisz.ru=desk/}} }}
virtual_mailbox_base = {mail}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_mailbox_limit = 0
message_size_limit = 15000000
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_tls_security_level = may
smtpd_tls_chain_files = {key}, {chain}
smtpd_recipient_restrictions =
    check_recipient_access inline:{{ {{later@clinic.example=451 4.3.0 Try again later}} }}
    permit_sasl_authenticated
    reject
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_reject_unlisted_recipient = yes
smtpd_client_connection_rate_limit = 0
"""

_MASTER_CF = """
{smtp}    inet  n - n - - smtpd
{smtps}   inet  n - n - - smtpd -o smtpd_tls_wrappermode=yes
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
error     unix  - - n - - error
virtual   unix  - n n - - virtual
anvil     unix  - - n - 1 anvil
tlsmgr    unix  - - n 1000? 1 tlsmgr
proxymap  unix  - - n - - proxymap
postlog   unix-dgram n - n - 1 postlogd
"""

_DOVECOT_CONF = """
protocols = imap
listen = 127.0.0.1
base_dir = {home}/dovecot
state_dir = {home}/dovecot-state
log_path = {home}/dovecot.log
ssl = yes
ssl_cert = <{chain}
ssl_key = <{key}
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{mail}/%n
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {home}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={mail}/%n
}}
namespace inbox {{
  inbox = yes
  mailbox Отправленные {{
    auto = create
    special_use = \\Sent
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  unix_listener {queue}/private/auth {{
    mode = 0660
    user = postfix
    group = postfix
  }}
}}
"""


@contextmanager
def debian_world() -> Iterator[World]:
    """Started with root's rights, which Postfix asks for; skips with the reason where that cannot be had."""
    _have_programs()
    home = Path(tempfile.mkdtemp(prefix="egisz-post-"))
    home.chmod(0o755)  # Postfix drops its rights and must still reach its folders
    try:
        files = certificates(home / "certificates", datetime.now(UTC))
        ports = _free_ports()
        _write(home, files, ports)
        with _dovecot(home), _postfix(home):
            _answering(ports["imap"], home)
            _answering(ports["smtp"], home)
            yield _world(files, ports)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _have_programs() -> None:
    if os.geteuid() != 0:
        pytest.skip("Postfix starts only with root's rights; the same contract runs against the demo's servers")
    missing = [package for program, package in _PROGRAMS.items() if not Path(program).exists()]
    if missing:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "install", "-y", *missing], env=quiet, capture_output=True, timeout=150)
    if not all(Path(program).exists() for program in _PROGRAMS):
        pytest.skip(f"not installed, and apt-get install did not help: {', '.join(missing)}")


def _free_ports() -> dict[str, int]:
    names = ("smtp", "smtps", "imap", "imaps")
    held = [socket.create_server(("127.0.0.1", 0)) for _ in names]
    ports = {name: one.getsockname()[1] for name, one in zip(names, held, strict=True)}
    for one in held:
        one.close()
    return ports


def _write(home: Path, files: Certificates, ports: dict[str, int]) -> None:
    owner = pwd.getpwnam("nobody")
    places = {name: home / name for name in ("queue", "data", "mail", "etc", "dovecot", "dovecot-state")}
    for place in places.values():
        place.mkdir()
    (places["queue"] / "private").mkdir()
    shutil.chown(places["data"], "postfix", "postfix")
    shutil.chown(places["queue"] / "private", "postfix", "root")
    (places["queue"] / "private").chmod(0o755)
    os.chown(places["mail"], owner.pw_uid, owner.pw_gid)
    words = {
        **{name: str(place) for name, place in places.items()},
        **{name: str(port) for name, port in ports.items()},
        "home": str(home), "uid": str(owner.pw_uid), "gid": str(owner.pw_gid),
        "chain": str(files.chain), "key": str(files.key),
    }  # fmt: skip
    (places["etc"] / "main.cf").write_text(_MAIN_CF.format(**words))
    (places["etc"] / "master.cf").write_text(_MASTER_CF.format(**words))
    (home / "dovecot.conf").write_text(_DOVECOT_CONF.format(**words))
    (home / "users").write_text(f"clinic:{_PASSWORD}\ndesk:{_PASSWORD}\n")


@contextmanager
def _dovecot(home: Path) -> Iterator[None]:
    process = subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", str(home / "dovecot.conf")])
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=15)


@contextmanager
def _postfix(home: Path) -> Iterator[None]:
    command = ["/usr/sbin/postfix", "-c", str(home / "etc")]
    started = subprocess.run([*command, "start"], capture_output=True, text=True, timeout=60)
    assert started.returncode == 0, started.stderr
    try:
        yield
    finally:
        subprocess.run([*command, "stop"], capture_output=True, timeout=60)


def _answering(port: int, home: Path) -> None:
    over = time.monotonic() + 20
    while time.monotonic() < over:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
                if line.recv(1):
                    return
        except OSError:
            pass
        time.sleep(0.1)
    logs = "\n".join(path.read_text(errors="replace") for path in home.glob("*.log"))
    raise AssertionError(f"nobody answers on port {port}: {logs}")


def _world(files: Certificates, ports: dict[str, int]) -> World:
    smtp = SmtpSettings("localhost", ports["smtp"], Security.STARTTLS, "clinic", _PASSWORD, files.authority, timeout=20)
    imap = ImapSettings(
        "clinic", "localhost", ports["imap"], "clinic", _PASSWORD, Security.STARTTLS, files.authority, timeout=20
    )
    return World(smtp, imap, ports, "nobody@clinic.example", "later@clinic.example", _PASSWORD)
