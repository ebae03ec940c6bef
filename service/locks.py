"""Backups encrypted in the age format: by a passphrase, or by a key whose other half is kept elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from refusals import Refusal

ENDING = ".age"
_BEGINS = b"age-encryption.org/v1\n"
_MOST = 2**30  # bytes that a passphrase locks: all of it is in memory
LEAST_PASSPHRASE = 12


class WrongLock(Refusal):
    """Why a backup cannot be locked or opened, in Russian."""

    http_status = 500


@dataclass(frozen=True, slots=True)
class Passphrase:
    """Words that a person remembers; the format makes each guess cost a second."""

    words: str

    def close(self, source: Path, target: Path) -> None:
        from pyrage import passphrase

        if len(self.words) < LEAST_PASSPHRASE:
            raise WrongLock(f"Парольная фраза короче {LEAST_PASSPHRASE} знаков: её подберут. Возьмите несколько слов.")
        if source.stat().st_size > _MOST:
            raise WrongLock("Копия больше 1 ГБ: фразой такую не закрыть. Сделайте ключ: egisz-access backup-key ФАЙЛ.")
        target.write_bytes(passphrase.encrypt(source.read_bytes(), self.words))

    def open(self, source: Path, target: Path) -> None:
        import pyrage

        try:
            target.write_bytes(pyrage.passphrase.decrypt(source.read_bytes(), self.words))
        except pyrage.DecryptError as error:
            raise WrongLock(
                f"Архив {source.name} этой фразой не открыть: она другая, архив закрыт ключом или повреждён."
            ) from error


@dataclass(frozen=True, slots=True)
class Recipient:
    """The open half of a key, «age1…»: who has it can close, not open."""

    text: str

    def close(self, source: Path, target: Path) -> None:
        import pyrage

        try:
            recipient = pyrage.x25519.Recipient.from_str(self.text)
        except pyrage.RecipientError as error:
            raise WrongLock(
                "Ключ копий начинается с «age1»; его печатает команда egisz-access backup-key ФАЙЛ."
            ) from error
        with source.open("rb") as plain, target.open("wb") as closed:
            pyrage.encrypt_io(plain, closed, [recipient])


@dataclass(frozen=True, slots=True)
class Identity:
    """The other half, in a file that is kept elsewhere."""

    path: Path

    def open(self, source: Path, target: Path) -> None:
        import pyrage

        try:
            lines = [line.strip() for line in self.path.read_text("utf-8").splitlines()]
            keys = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
        except (OSError, UnicodeDecodeError, pyrage.IdentityError) as error:
            raise WrongLock(
                f"В файле {self.path} нет ключа копий: его делает команда egisz-access backup-key ФАЙЛ."
            ) from error
        try:
            with source.open("rb") as closed, target.open("wb") as plain:
                pyrage.decrypt_io(closed, plain, keys)
        except pyrage.DecryptError as error:
            raise WrongLock(
                f"Архив {source.name} этим ключом не открыть: он другой, архив закрыт фразой или повреждён."
            ) from error


def is_locked(path: Path) -> bool:
    """By its content, whatever it is called."""
    with path.open("rb") as file:
        return file.read(len(_BEGINS)) == _BEGINS


def make_key(path: Path) -> Recipient:
    """A new key into a file for its owner only. Raises WrongLock where the file is there."""
    import os

    import pyrage

    identity = pyrage.x25519.Identity.generate()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise WrongLock(f"Файл {path} уже есть. Ключ не заменён: прежние копии было бы не открыть.") from error
    with os.fdopen(handle, "w") as file:
        file.write(f"# egisz-access\n{identity}\n")
    return Recipient(str(identity.to_public()))
