"""Проверка комплекта доказательств. Нужен только Python 3.8 или новее; сеть и программа «Доступ ЕГИСЗ» не нужны.

    python verify.py                          проверить папку, в которой лежит этот файл
    python verify.py комплект.zip             проверить архив, не распаковывая
    python verify.py --anchor НОМЕР:ХЕШ       сравнить с отметкой журнала, взятой из письма; можно несколько

Код возврата: 0 – всё сошлось, 1 – нет, 2 – неверный вызов. Что именно доказано, написано в README.txt.

This file is copied into every pack and must stay readable and runnable by itself: no import of ours, Python 3.8.
"""

from __future__ import annotations

import argparse
import base64
import collections
import hashlib
import json
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

FORMAT = "egisz-access-evidence/1"
MANIFEST, CHAIN = "manifest.json", "chain.jsonl"
EXPORTED = "evidence.exported"
LEAST_BOUND = 32  # characters of the previous hash that a shortened record must still depend on: 128 bits
_HASH = re.compile(r"[0-9a-f]{64}")
_LETTER_ANCHOR = re.compile(rb"^X-Egisz-Access-Anchor:\s*(\d+):([0-9a-f]{64})\s*$", re.IGNORECASE | re.MULTILINE)

_K = (
    0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5, 0xD807AA98, 0x12835B01,
    0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174, 0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC,
    0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA, 0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147,
    0x06CA6351, 0x14292967, 0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
    0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070, 0x19A4C116, 0x1E376C08,
    0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3, 0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208,
    0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2,
)  # fmt: skip
START = "6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19"
_M = 0xFFFFFFFF


def compress(state: str, blocks: bytes) -> str:
    """SHA-256 (FIPS 180-4) carried on from a state over whole blocks; hashlib cannot begin in the middle."""
    values = [int(state[place : place + 8], 16) for place in range(0, 64, 8)]
    for start in range(0, len(blocks), 64):
        w = [int.from_bytes(blocks[place : place + 4], "big") for place in range(start, start + 64, 4)]
        for i in range(16, 64):
            x, y = w[i - 15], w[i - 2]
            s0 = (x >> 7 | x << 25) ^ (x >> 18 | x << 14) ^ x >> 3
            s1 = (y >> 17 | y << 15) ^ (y >> 19 | y << 13) ^ y >> 10
            w.append(w[i - 16] + (s0 & _M) + w[i - 7] + (s1 & _M) & _M)
        a, b, c, d, e, f, g, h = values
        for k, word in zip(_K, w):  # noqa: B905 – Python 3.8 has no strict=; both have 64
            s1 = ((e >> 6 | e << 26) ^ (e >> 11 | e << 21) ^ (e >> 25 | e << 7)) & _M
            t1 = h + s1 + (e & f ^ ~e & g) + k + word
            s0 = ((a >> 2 | a << 30) ^ (a >> 13 | a << 19) ^ (a >> 22 | a << 10)) & _M
            t2 = s0 + (a & b ^ a & c ^ b & c)
            a, b, c, d, e, f, g, h = t1 + t2 & _M, a, b, c, d + t1 & _M, e, f, g
        values = [old + new & _M for old, new in zip(values, (a, b, c, d, e, f, g, h))]  # noqa: B905 – eight each
    return "".join(f"{value:08x}" for value in values)


def finish(state: str, done: int, rest: bytes) -> str:
    """The hash of a message whose first `done` bytes led to `state` and which ends with `rest`."""
    total = done + len(rest)
    padding = b"\x80" + b"\x00" * ((55 - total) % 64)
    return compress(state, rest + padding + (total * 8).to_bytes(8, "big"))


def event_body(event: dict[str, Any]) -> bytes:
    """What the hash of an event is taken of, less the hash of the event before at its end."""
    names = ("seq", "at", "actor", "action", "subject", "data")
    return "".join(f"{event[name]}\n" for name in names).encode("utf-8")


def event_hash(event: dict[str, Any]) -> str:
    """SHA-256 over every column of an event and the hash of the one before, as the program's log reckons it."""
    return hashlib.sha256(event_body(event) + event["previous"].encode("ascii")).hexdigest()


def link_hash(record: dict[str, Any], previous: str) -> str:
    """The hash of a record whose words are left out, from the hash of the one before."""
    tail, bound = base64.b64decode(record["tail"]), record["bound"]
    if not LEAST_BOUND <= bound <= 64 or record["done"] % 64 or (tail and bound != 64):
        raise ValueError("сокращённая запись не зависит от предыдущей")
    return finish(record["state"], record["done"], tail + previous[64 - bound :].encode("ascii"))


class Pack:
    """Files of a folder or of an archive, by their names with slashes."""

    def __init__(self, place: Path) -> None:
        self._archive: zipfile.ZipFile | None
        self.doubles: list[str] = []
        if place.is_dir():
            self._paths = {
                path.relative_to(place).as_posix(): path for path in sorted(place.rglob("*")) if not path.is_dir()
            }
            self._archive = None
        else:
            self._archive = zipfile.ZipFile(place)
            names = [entry.filename for entry in self._archive.infolist()]
            self._paths = dict.fromkeys(names, place)
            self.doubles = sorted(name for name, count in collections.Counter(names).items() if count > 1)

    @property
    def names(self) -> list[str]:
        return list(self._paths)

    def read(self, name: str) -> bytes:
        if self._archive is not None:
            return self._archive.read(name)
        return self._paths[name].read_bytes()


class Check:
    """Everything that was checked and everything that is wrong."""

    def __init__(self, pack: Pack, anchors: list[tuple[int, str]]) -> None:
        self.pack, self.anchors = pack, anchors
        self.done: list[str] = []
        self.wrong: list[str] = []
        self.events: dict[int, dict[str, Any]] = {}
        self.hashes: dict[int, str] = {}

    def run(self) -> bool:
        manifest = self._manifest()
        if manifest is not None:
            self._files(manifest)
            if self._chain(manifest):
                self._named(manifest)
            self._letters(manifest)
            self._given()
        return not self.wrong

    def _manifest(self) -> dict[str, Any] | None:
        try:
            manifest = json.loads(self.pack.read(MANIFEST).decode("utf-8"))
            if manifest["format"] != FORMAT:
                raise ValueError(f"другой вид комплекта: {manifest['format']}")
            manifest["files"] = [
                {"path": str(entry["path"]), "sha256": str(entry["sha256"]), "event": entry["event"]}
                for entry in manifest["files"]
            ]
            manifest["events"] = [int(seq) for seq in manifest["events"]]
        except KeyError as missing:
            self.wrong.append(f"Опись {MANIFEST}: нет {missing}.")
        except (ValueError, TypeError, AttributeError, OSError, zipfile.BadZipFile) as error:
            self.wrong.append(f"Опись {MANIFEST} не прочитать: {error}.")
        else:
            return dict(manifest)
        return None

    def _files(self, manifest: dict[str, Any]) -> None:
        listed = {}
        for entry in manifest["files"]:
            if entry["path"] in listed:
                self.wrong.append(f"Файл {entry['path']} стоит в описи дважды.")
            listed[entry["path"]] = entry["sha256"]
        present = set(self.pack.names)
        for name in self.pack.doubles:
            self.wrong.append(f"Файл {name} лежит в архиве дважды.")
        for name in sorted(present - set(listed) - {MANIFEST, CHAIN}):
            self.wrong.append(f"Лишний файл: {name}.")
        for name in sorted(set(listed) - present):
            self.wrong.append(f"Нет файла: {name}.")
        sound = 0
        for name in sorted(set(listed) & present):
            if self._digest(name) == listed[name]:
                sound += 1
            else:
                self.wrong.append(f"Файл изменён: {name}.")
        self.done.append(f"Файлы: по описи {len(listed)}, совпали {sound}.")

    def _digest(self, name: str) -> str:
        try:
            return hashlib.sha256(self.pack.read(name)).hexdigest()
        except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError):
            return ""

    def _chain(self, manifest: dict[str, Any]) -> bool:
        """Every record from the one before, in order; True when the chain holds to its end."""
        last = None
        try:
            lines = self.pack.read(CHAIN).decode("utf-8").splitlines()
            start = json.loads(lines[0])
            number, last = int(start["after"]), str(start["hash"])
            if not _HASH.fullmatch(last):
                raise ValueError("начало цепочки – не хеш")
            self.hashes[number] = last
            for line in lines[1:]:
                record = json.loads(line)
                number += 1
                if record["seq"] != number:
                    self.wrong.append(f"Журнал: записи № {number} нет, она удалена или переставлена.")
                    return False
                if record["hash"] != self._reckoned(record, last):
                    self.wrong.append(f"Журнал: запись № {number} изменена или не продолжает предыдущую.")
                    return False
                last = self.hashes[number] = record["hash"]
        except (KeyError, IndexError) as error:
            self.wrong.append(f"Журнал {CHAIN}: нет {error}.")
            return False
        except (ValueError, TypeError, AttributeError, OSError, zipfile.BadZipFile) as error:
            self.wrong.append(f"Журнал {CHAIN} не прочитать: {error}.")
            return False
        shown, told = sorted(self.events), manifest["events"]
        if not shown or shown[-1] != number or self.events[number]["action"] != EXPORTED:
            self.wrong.append("Журнал: в конце нет записи о составлении комплекта, конец отрезан.")
            return False
        if shown[:-1] != told:
            self.wrong.append("Журнал: записи целиком – не те, что названы в описи.")
        self.done.append(
            f"Журнал: записи с № {min(self.hashes) + 1} по № {number} связаны без пропусков, "
            f"целиком приведены {len(shown)}. Последняя: {number}:{last}"
        )
        return True

    def _reckoned(self, record: dict[str, Any], previous: str) -> str:
        if "data" not in record:
            return link_hash(record, previous)
        json.loads(record["data"])
        if record["previous"] != previous:
            return ""
        self.events[record["seq"]] = record
        return event_hash(record)

    def _named(self, manifest: dict[str, Any]) -> None:
        """The last record names the list of files, earlier ones name each paper and letter."""
        last = self.events[max(self.events)]
        if self._digest(MANIFEST) not in values(json.loads(last["data"])):
            self.wrong.append(f"Опись изменена: запись № {last['seq']} называет другую.")
        else:
            self.done.append(f"Опись: та самая, что названа записью № {last['seq']}.")
        sound = 0
        for entry in manifest["files"]:
            if entry["event"] is None:
                if "/" in entry["path"]:
                    self.wrong.append(f"Файл {entry['path']} не назван ни одной записью журнала.")
                continue
            event = self.events.get(entry["event"])
            if event is None or entry["sha256"] not in values(json.loads(event["data"])):
                self.wrong.append(f"Файл {entry['path']}: записи журнала № {entry['event']} с его хешем нет.")
            else:
                sound += 1
        self.done.append(f"Документы и письма, названные записями журнала: {sound}.")

    def _letters(self, manifest: dict[str, Any]) -> None:
        """Our letters carry where the log stood when they left; whoever received them has the same."""
        sound = 0
        present = set(self.pack.names)
        for entry in manifest["files"]:
            if not entry["path"].endswith(".eml") or "/out-" not in entry["path"] or entry["path"] not in present:
                continue
            found = _LETTER_ANCHOR.search(self.pack.read(entry["path"]).replace(b"\r\n", b"\n").partition(b"\n\n")[0])
            seq = int(found.group(1)) if found else -1
            if found and seq in self.hashes:
                if self.hashes[seq] == found.group(2).decode("ascii").lower():
                    sound += 1
                else:
                    self.wrong.append(f"Журнал не совпадает с отметкой в письме {entry['path']}.")
        self.done.append(f"Отметки журнала в отправленных письмах: совпали {sound}.")

    def _given(self) -> None:
        for seq, digest in self.anchors:
            if seq not in self.hashes:
                self.wrong.append(f"Отметка {seq}: такой записи в комплекте нет, сравнить не с чем.")
            elif self.hashes[seq] != digest:
                self.wrong.append(f"Отметка {seq} не совпала: журнал не тот, что был при ней.")
            else:
                self.done.append(f"Отметка {seq}: совпала.")


def values(data: Any) -> set[str]:
    """Every text inside a record's data."""
    if isinstance(data, dict):
        return set().union(*map(values, data.values())) if data else set()
    if isinstance(data, list):
        return set().union(*map(values, data)) if data else set()
    return {data} if isinstance(data, str) else set()


def anchor(text: str) -> tuple[int, str]:
    seq, _, digest = text.strip().partition(":")
    if not seq.isdigit() or not _HASH.fullmatch(digest.lower()):
        raise argparse.ArgumentTypeError("отметка – это номер записи, двоеточие и 64 знака")
    return int(seq), digest.lower()


def main(arguments: list[str] | None = None) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    parser = argparse.ArgumentParser(description="Проверка комплекта доказательств «Доступ ЕГИСЗ».")
    parser.add_argument("place", nargs="?", type=Path, default=Path(__file__).resolve().parent, help="папка или .zip")
    parser.add_argument("--anchor", action="append", default=[], type=anchor, metavar="НОМЕР:ХЕШ")
    chosen = parser.parse_args(arguments)
    try:
        check = Check(Pack(chosen.place), chosen.anchor)
    except (OSError, zipfile.BadZipFile) as error:
        print(f"Комплект не открыть: {error}", file=sys.stderr)
        return 1
    sound = check.run()
    for line in check.done:
        print("  " + line)
    for line in check.wrong:
        print("! " + line)
    if sound and not chosen.anchor:
        print("Отметка со стороны не дана (--anchor): комплект цел, но что журнал не переписан целиком, не доказано.")
    print("ИТОГ: всё сошлось." if sound else f"ИТОГ: комплект нарушен, замечаний {len(check.wrong)}.")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
