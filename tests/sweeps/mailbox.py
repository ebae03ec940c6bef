"""An installation whose mailbox is the practice servers of a test."""

from __future__ import annotations

from tests.walking import confirm_desk
from wiring.settings import ImapPart, MailPart, Settings, SmtpPart
from wiring.work import Installation


def made(home, clock, post, *, password="demo-clinic", imap_more=None):
    server = {"host": "127.0.0.1", "login": "clinic", "ca_bundle": post.authority}
    return confirm_desk(
        Installation(
            Settings(
                home=home,
                smtp=SmtpPart(port=post.ports.smtp, tls="starttls", password=password, **server),
                imap=ImapPart(
                    port=post.ports.imaps, tls="tls", **server, **{"password": "demo-clinic"} | (imap_more or {})
                ),
                mail=MailPart(sender="clinic@clinic.example", desk_address="egisz@stp-egisz.ru"),
            ),
            clock=clock,
        )
    )
