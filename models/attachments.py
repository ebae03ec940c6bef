"""What an attached file was found to be, by its content; its name decides nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

READER = 2  # grows when more is read: a file that an earlier reader took for read is looked through again


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """Сертификат открытого ключа as its file states it; no signature is verified.

    `serial` is upper-case hex; `algorithm` one of rsa, gost-2001, gost-2012-256, gost-2012-512, other;
    `qualified_signs` name in Russian what hints at a qualified one.
    """

    serial: str
    signature_oid: str
    key_oid: str
    algorithm: str
    algorithm_label: str
    self_signed: bool
    not_before: dt.datetime
    not_after: dt.datetime
    subject: str = ""
    issuer: str = ""
    qualified_signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonalMark:
    """Personal data found in a text: `kind` is snils, passport, policy or name.

    `place` says where, in Russian («стр. 2», «ячейка B4»); `shown` is the found piece with its words around, masked.
    """

    kind: str
    place: str
    shown: str


@dataclass(frozen=True, slots=True)
class AttachmentFacts:
    """Приложение к заявке. `problem` is a Russian sentence when the file does not open as what it claims to be.

    `pages` is counted where there are pages; `unread` names in Russian what of a searched file nobody can read here;
    `reader` is the number of the reader that read it; `looked_by`, `looked_at` who has looked through it instead and
    when; `signature_name` is that of the signature in the extract's archive.
    """

    code: str
    name: str
    media_type: str
    size: int
    pages: int | None = None
    problem: str = ""
    certificate: CertificateFacts | None = None
    marks: tuple[PersonalMark, ...] = ()
    unread: tuple[str, ...] = ()
    reader: int = 0
    looked_by: str = ""
    looked_at: str = ""
    signature_name: str = ""

    @property
    def whole(self) -> bool:
        """All that it says was read and searched by the present reader."""
        return not self.problem and not self.unread and self.reader == READER

    @property
    def to_look(self) -> bool:
        """A person has to look through it: it opens, but nobody knows all that it says."""
        return not self.problem and not self.whole and not self.looked_by

    def as_detail(self) -> dict[str, object]:
        """JSON-able; what RequestFile.detail keeps."""
        values = asdict(self)
        if self.certificate is not None:
            for name in ("not_before", "not_after"):
                values["certificate"][name] = values["certificate"][name].isoformat()
        return values

    @classmethod
    def from_detail(cls, detail: Mapping[str, Any]) -> AttachmentFacts:
        """The opposite of `as_detail`; keys of others in the same column are left alone."""
        values = {field.name: detail[field.name] for field in fields(cls) if field.name in detail}
        if values.get("certificate"):
            known = dict(values["certificate"])
            for name in ("not_before", "not_after"):
                known[name] = dt.datetime.fromisoformat(known[name])
            values["certificate"] = CertificateFacts(**known | {"qualified_signs": tuple(known["qualified_signs"])})
        values["unread"] = tuple(values.get("unread", ()))
        values["marks"] = tuple(PersonalMark(**mark) for mark in values.get("marks", ()))
        return cls(**values)
