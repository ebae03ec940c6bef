"""Whatever is done to a pack, its own verifier finds it; what it cannot find without an anchor, an anchor finds."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re
import shutil
import subprocess
import sys
import warnings
import zipfile

import pytest

from documents.evidence import verify as verifier
from tests.actions.evidence.world import OURS, Unpacked, made
from tests.conftest import Clock
from tests.homes import copied


@pytest.fixture(scope="module")
def original(answered_home, tmp_path_factory):
    """One pack for the whole module; every test tampers with a copy of its own."""
    folder = tmp_path_factory.mktemp("pack")
    installation = copied(answered_home, folder / "home", Clock(dt.datetime(2026, 11, 23, 7, tzinfo=dt.UTC)))
    pack = made(installation, OURS)
    installation.engine.dispose()
    return pack, Unpacked.of(pack.data, folder / "pack")


@pytest.fixture
def pack(original, tmp_path):
    shutil.copytree(original[1].folder, tmp_path / "pack")
    return Unpacked(tmp_path / "pack")


def _chain(pack):
    return [json.loads(line) for line in (pack.folder / "chain.jsonl").read_text("utf-8").splitlines()]


def _write_chain(pack, records):
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    (pack.folder / "chain.jsonl").write_text(text, "utf-8")


def _manifest(pack):
    return json.loads((pack.folder / "manifest.json").read_text("utf-8"))


def _write_manifest(pack, manifest):
    (pack.folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")


def _rechained(records, first):
    """What a forger with the pack can do: reckon every hash anew from some place to the end."""
    last = records[first - 1]["hash"]
    for record in records[first:]:
        if "data" in record:
            record["previous"] = last
            record["hash"] = verifier.event_hash(record)
        else:
            record["hash"] = verifier.link_hash(record, last)
        last = record["hash"]
    return records


def _place(records, action):
    return next(place for place, record in enumerate(records) if record.get("action") == action)


def _found(pack, *arguments):
    code, told = pack.verify(*arguments)
    assert code == 1, told
    return [line[2:] for line in told.splitlines() if line.startswith("! ")]


def test_untouched_pack_is_sound_in_an_empty_folder_without_our_code(pack, original):
    code, told = pack.verify()
    assert code == 0, told
    assert "ИТОГ: всё сошлось." in told
    assert "Отметки журнала в отправленных письмах: совпали 1." in told
    assert "не доказано" in told
    code, told = pack.verify("--anchor", original[0].anchor)
    assert code == 0
    assert "Отметка" in told
    assert "не доказано" not in told


def test_archive_is_verified_without_unpacking(pack, original, tmp_path):
    (tmp_path / "pack.zip").write_bytes(original[0].data)
    assert pack.verify(str(tmp_path / "pack.zip"))[0] == 0
    with warnings.catch_warnings(), zipfile.ZipFile(tmp_path / "pack.zip", "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("README.txt", "другой")
    assert "Файл README.txt лежит в архиве дважды." in _found(pack, str(tmp_path / "pack.zip"))
    (tmp_path / "pack.zip").write_bytes(original[0].data[:5000])
    done = subprocess.run(
        [sys.executable, "-I", pack.folder / "verify.py", tmp_path / "pack.zip"], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, b"")


def test_a_changed_byte_in_any_file_is_found(pack):
    for path in sorted(path for path in pack.folder.rglob("*") if path.is_file()):
        if path.name == "verify.py":
            continue
        whole = path.read_bytes()
        middle = len(whole) // 2
        path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
        assert _found(pack), path.name
        path.write_bytes(whole)
    assert pack.verify()[0] == 0


def test_a_changed_verifier_is_found_by_itself(pack):
    with (pack.folder / "verify.py").open("a", encoding="utf-8") as file:
        file.write("\n# добавлено\n")
    assert _found(pack) == ["Файл изменён: verify.py."]


def test_missing_and_extra_files_are_named(pack):
    letter = pack.path("in-00001.eml")
    name = letter.relative_to(pack.folder).as_posix()
    letter.rename(letter.with_name("другое.eml"))
    assert _found(pack) == [f"Лишний файл: {name.rpartition('/')[0]}/другое.eml.", f"Нет файла: {name}."]


@pytest.mark.parametrize("name", ["manifest.json", "chain.jsonl"])
@pytest.mark.parametrize("text", [None, "", "[]", "{}", "не JSON", '{"format": "другой"}', "\x00"])
def test_without_list_or_log_nothing_is_sound(pack, name, text):
    if text is None:
        (pack.folder / name).unlink()
    else:
        (pack.folder / name).write_text(text, "utf-8")
    assert any(name in line or "Журнал" in line for line in _found(pack))


@pytest.mark.parametrize(
    "action", ["request.created", "file.added", "letter.sent", "request.grant", "evidence.exported"]
)
def test_changed_event_is_found_at_its_number(pack, action):
    records = _chain(pack)
    record = records[_place(records, action)]
    record["actor"] = "другой"
    _write_chain(pack, records)
    assert f"Журнал: запись № {record['seq']} изменена или не продолжает предыдущую." in _found(pack)


@pytest.mark.parametrize("action", ["request.created", "request.send", "letter.matched"])
def test_changed_event_with_its_hash_reckoned_anew_breaks_the_next_link(pack, action):
    records = _chain(pack)
    place = _place(records, action)
    if action == "request.send":
        assert "state" in records[place + 1]  # the next record is one without words
    records[place]["actor"] = "другой"
    records[place]["hash"] = verifier.event_hash(records[place])
    _write_chain(pack, records)
    following = records[place + 1]["seq"]
    assert f"Журнал: запись № {following} изменена или не продолжает предыдущую." in _found(pack)


def test_removed_and_reordered_events_are_found(pack):
    records = _chain(pack)
    place = _place(records, "request.grant")
    number = records[place]["seq"]
    _write_chain(pack, records[:place] + records[place + 1 :])
    assert f"Журнал: записи № {number} нет, она удалена или переставлена." in _found(pack)
    _write_chain(pack, [*records[:place], records[place + 1], records[place], *records[place + 2 :]])
    assert f"Журнал: записи № {number} нет, она удалена или переставлена." in _found(pack)
    hidden = next(place for place, record in enumerate(records) if "state" in record)
    _write_chain(pack, records[:hidden] + records[hidden + 1 :])
    assert any("удалена или переставлена" in line for line in _found(pack))


def test_cut_off_end_is_found(pack):
    _write_chain(pack, _chain(pack)[:-1])
    assert _found(pack) == ["Журнал: в конце нет записи о составлении комплекта, конец отрезан."]


def test_words_taken_out_of_an_event_are_missed(pack):
    """A record of the case turned into one without words still links, but the list names it."""
    records = _chain(pack)
    place = _place(records, "request.acknowledge")
    body = verifier.event_body(records[place])
    done = len(body) // 64 * 64
    records[place] = {
        "seq": records[place]["seq"],
        "hash": records[place]["hash"],
        "done": done,
        "bound": 64,
        "state": verifier.compress(verifier.START, body[:done]),
        "tail": base64.b64encode(body[done:]).decode(),
    }
    _write_chain(pack, records)
    assert _found(pack) == ["Журнал: записи целиком – не те, что названы в описи."]


def _replaced_scan(pack):
    """The scan is another one, and the list says so."""
    scan = pack.path("-scan.pdf")
    scan.write_bytes(b"%PDF-1.7 another")
    manifest = _manifest(pack)
    name = scan.relative_to(pack.folder).as_posix()
    for entry in manifest["files"]:
        if entry["path"] == name:
            entry["sha256"] = hashlib.sha256(scan.read_bytes()).hexdigest()
    _write_manifest(pack, manifest)
    return name


def test_file_whose_hash_no_event_names_is_found_though_the_list_was_corrected(pack):
    name = _replaced_scan(pack)
    found = _found(pack)
    assert any(line.startswith("Опись изменена") for line in found)
    assert any(line.startswith(f"Файл {name}: записи журнала №") for line in found)


def test_file_that_claims_to_need_no_event_is_found(pack):
    name = _replaced_scan(pack)
    manifest = _manifest(pack)
    for entry in manifest["files"]:
        entry["event"] = None if entry["path"] == name else entry["event"]
    _write_manifest(pack, manifest)
    assert f"Файл {name} не назван ни одной записью журнала." in _found(pack)


def test_a_log_written_anew_after_the_letter_is_found_by_an_anchor_only(pack, original):
    records = _chain(pack)
    place = _place(records, "request.grant")
    records[place]["data"] = records[place]["data"].replace("granted", "rejected")
    _write_chain(pack, _rechained(records, place))
    code, told = pack.verify()
    assert code == 0
    assert "журнал не переписан целиком, не доказано" in told
    number = original[0].anchor.partition(":")[0]
    assert _found(pack, "--anchor", original[0].anchor) == [
        f"Отметка {number} не совпала: журнал не тот, что был при ней."
    ]


def test_a_log_written_anew_before_the_letter_contradicts_the_letter_itself(pack):
    records = _chain(pack)
    place = _place(records, "request.created")
    records[place]["actor"] = "другой"
    _write_chain(pack, _rechained(records, place))
    letter = pack.path("out-00001.eml").relative_to(pack.folder).as_posix()
    assert _found(pack) == [f"Журнал не совпадает с отметкой в письме {letter}."]


def test_letter_carries_an_anchor_that_its_receiver_can_compare(pack):
    """The desk has the same letter: its header proves what stood before it."""
    header = pack.path("out-00001.eml").read_bytes().replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode()
    anchor = re.search(r"X-Egisz-Access-Anchor:\s*(\d+:[0-9a-f]{64})", header).group(1)
    assert pack.verify("--anchor", anchor)[0] == 0
    wrong = anchor[:-1] + ("0" if anchor[-1] != "0" else "1")
    assert "не совпала" in _found(pack, "--anchor", wrong)[0]


def test_anchor_outside_of_the_pack_proves_nothing_and_a_wrong_one_is_usage(pack, original):
    digest = original[0].anchor.partition(":")[2]
    for number in ("1", "9999"):
        assert _found(pack, "--anchor", f"{number}:{digest}") == [
            f"Отметка {number}: такой записи в комплекте нет, сравнить не с чем."
        ]
    with pytest.raises(SystemExit) as left:
        verifier.main(["--anchor", "5"])
    assert left.value.code == 2
