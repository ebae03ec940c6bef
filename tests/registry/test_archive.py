"""A downloaded archive goes in whole or not at all, and says in Russian why not."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlmodel import Session

from models.refbook import RefbookOrganisation, RefbookVersion
from registry.archive import import_archive
from registry.errors import RefbookError
from registry.store import find, is_loaded, loaded_version
from tests.registry.archives import archive, as_csv, as_json, zipped
from tests.registry.nsi_site import OID, record
from wiring.work import Installation

NAME = f"{OID}_6.1998"


@pytest.fixture
def session(installation: Installation) -> Iterator[Session]:
    with installation.work("тест") as work:
        yield work.session


def everything(session: Session) -> list[tuple[object, ...]]:
    rows = session.execute(select(RefbookOrganisation).order_by(RefbookOrganisation.id)).scalars()  # type: ignore[arg-type]
    versions = session.execute(select(RefbookVersion)).scalars()
    return [tuple(row.model_dump().values()) for found in (rows, versions) for row in found]


@pytest.mark.rule("ORG-1")
@pytest.mark.parametrize("bom", [False, True])
@pytest.mark.parametrize("kind", ["json", ";", ","])
def test_every_shape_of_an_archive_gives_the_same_records(session, tmp_path, clock, kind, bom):
    rows = [
        record(1, nameFull='ГБУЗ "Больница; родильный дом, № 1"\nгорода Ёлкина', nameShort="ГБУЗ «Б № 1»"),
        record(2, parentId=record(1)["oid"], kpp="770143001"),
        record(3, deleteDate="01.02.2025"),
    ]
    data = as_json(rows, bom=bom) if kind == "json" else as_csv(rows, kind, bom=bom)
    path = zipped(tmp_path / "a.zip", {"readme.txt": b"", f"{NAME}.{'json' if kind == 'json' else 'csv'}": data})
    loaded = import_archive(session, path, now=clock())
    assert (loaded.refbook, loaded.version, loaded.records) == ("1461", "6.1998", 3)
    first, branch, removed = (find(session, f"770000000{number}")[0] for number in (1, 2, 3))
    assert first.as_json() == {
        "inn": "7700000001",
        "ogrn": "1000000000001",
        "kpp": "770101001",
        "oid": "1.2.643.5.1.13.13.12.2.77.1",
        "name": 'ГБУЗ "Больница; родильный дом, № 1" города Ёлкина',
        "kind": "Медицинская организация",
        "region": "г. Москва",
        "active": True,
    }
    assert first.short_name == "ГБУЗ «Б № 1»"
    assert branch.parent_oid == first.oid
    assert (removed.active, removed.deleted_on) == (False, "01.02.2025")
    assert session.get(RefbookVersion, "1461").loaded_at == clock()


def test_numbers_and_nothings_of_json_become_texts(session, tmp_path, clock):
    odd = record(1, inn=7700000001, kpp=None, deleteDate=None, extra={"nested": [1]})
    import_archive(session, archive(tmp_path, [odd]), now=clock())
    assert (found := find(session, "7700000001")[0]).active
    assert found.kpp == ""


def test_refbook_of_schools_has_its_kind_and_other_names_of_columns(session, tmp_path, clock):
    oid = "1.2.643.5.1.13.13.11.1519"
    school = {"OID": "1.2.643.5.1.13.13.12.4.1", "fullName": "Медицинский институт", "INN": "7700000009", "unknown": 1}
    loaded = import_archive(session, archive(tmp_path, [school], oid=oid, version="1.7"), now=clock())
    assert loaded.refbook == "1519"
    assert find(session, "институт")[0].kind == "Образовательная организация"


def test_one_refbook_does_not_push_out_the_other(session, tmp_path, clock):
    import_archive(session, archive(tmp_path), now=clock())
    import_archive(session, archive(tmp_path, [record(7)], oid="1.2.643.5.1.13.13.11.1519", version="1.7"), now=clock())
    import_archive(session, archive(tmp_path, [record(3)], version="6.1999"), now=clock())
    assert [row.inn for row in find(session, "клиника")] == ["7700000003", "7700000007"]
    assert (loaded_version(session, "1461"), loaded_version(session, "1519")) == ("6.1999", "1.7")


def test_newer_archive_leaves_nothing_of_the_older(session, tmp_path, clock):
    import_archive(session, archive(tmp_path), now=clock())
    import_archive(
        session, archive(tmp_path, [record(2, nameShort="Заря", nameFull="Заря")], version="6.2000"), now=clock()
    )
    assert find(session, "7700000001") == []
    assert find(session, "клиника") == []
    assert [row.short_name for row in find(session, "заря")] == ["Заря"]


def test_older_archive_is_refused_unless_forced(session, tmp_path, clock):
    import_archive(session, archive(tmp_path, version="6.1998"), now=clock())
    before = everything(session)
    older = archive(tmp_path, [record(5)], version="6.200")
    with pytest.raises(RefbookError, match=r"версия 6\.200, а загружена более новая 6\.1998") as caught:
        import_archive(session, older, now=clock())
    assert caught.value.code == "older"
    assert everything(session) == before
    import_archive(session, older, now=clock(), force=True)
    assert loaded_version(session, "1461") == "6.200"
    assert [row.inn for row in find(session, "клиника")] == ["7700000005"]


def test_same_archive_again_changes_nothing_but_the_time(session, tmp_path, clock):
    import_archive(session, archive(tmp_path), now=clock())
    before = find(session, "клиника")[0].model_dump()
    session.expire_all()
    import_archive(session, archive(tmp_path), now=clock.forward(days=1))
    assert find(session, "клиника")[0].model_dump() == before
    assert session.get(RefbookVersion, "1461").loaded_at == clock()


def cut(folder: Path) -> Path:
    whole = archive(folder, [record(n) for n in range(100)])
    whole.write_bytes(whole.read_bytes()[:-200])
    return whole


def flipped(folder: Path) -> Path:
    """One byte of the compressed records is another."""
    whole = archive(folder, [record(n) for n in range(1000)])
    data = bytearray(whole.read_bytes())
    data[len(data) // 2] ^= 0xFF
    whole.write_bytes(data)
    return whole


def half_a_document(folder: Path) -> Path:
    return zipped(folder / "a.zip", {f"{NAME}.json": as_json([record(n) for n in range(1, 50)])[:-300]})


def bomb(folder: Path) -> Path:
    return zipped(folder / "a.zip", {f"{NAME}.json": b'{"records": [' + b" " * 50_000_000})


def lying_bomb(folder: Path) -> Path:
    """It says that it is small."""
    path = bomb(folder)
    path.write_bytes(path.read_bytes().replace((50_000_013).to_bytes(4, "little"), (2000).to_bytes(4, "little")))
    return path


def encrypted(folder: Path) -> Path:
    path = archive(folder)
    data = bytearray(path.read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(header) + flags] |= 1
    path.write_bytes(data)
    return path


def not_a_zip(folder: Path) -> Path:
    (folder / "a.zip").write_text("<html>Портал временно недоступен</html>")
    return folder / "a.zip"


BAD = {
    "absent": ("absent", lambda folder: folder / "none.zip"),
    "folder": ("absent", lambda folder: folder),
    "empty-file": ("not-a-zip", lambda folder: _written(folder, b"")),
    "not-a-zip": ("not-a-zip", not_a_zip),
    "cut": ("not-a-zip", cut),
    "encrypted": ("not-a-zip", encrypted),
    "flipped": ("broken", flipped),
    "half": ("broken", half_a_document),
    "not-json": ("broken", lambda folder: zipped(folder / "a.zip", {f"{NAME}.json": b"\xff\xfe\x00"})),
    "cp1251": ("broken", lambda folder: zipped(folder / "a.zip", {f"{NAME}.csv": "oid;nameFull\n1;Клиника".encode("cp1251")})),
    "other": ("wrong-refbook", lambda folder: archive(folder, oid="1.2.643.5.1.13.13.99.2.206")),
    "nothing": ("wrong-refbook", lambda folder: zipped(folder / "a.zip", {"photo.jpg": b""})),
    "bomb": ("bomb", bomb),
    "lying-bomb": ("not-a-zip", lying_bomb),
    "no-records": ("empty", lambda folder: archive(folder, [])),
    "no-list": ("empty", lambda folder: zipped(folder / "a.zip", {f"{NAME}.json": b'{"passport": {}}'})),
    "header-only": ("empty", lambda folder: zipped(folder / "a.zip", {f"{NAME}.csv": b"oid;nameFull\r\n"})),
    "other-columns": ("columns", lambda folder: archive(folder, [{"ИНН": "7700000001", "Наименование": "Клиника"}])),
    "not-objects": ("killed", lambda folder: zipped(folder / "a.zip", {f"{NAME}.json": b'{"records": [1, "two", null]}'})),
}  # fmt: skip


def _written(folder: Path, data: bytes) -> Path:
    (folder / "a.zip").write_bytes(data)
    return folder / "a.zip"


@pytest.mark.parametrize("case", list(BAD))
def test_bad_archive_changes_nothing_and_is_told_in_russian(session, tmp_path, clock, case):
    import_archive(session, archive(tmp_path, version="6.1"), now=clock())
    before = everything(session)
    code, make = BAD[case]
    with pytest.raises(RefbookError) as caught:
        import_archive(session, make(tmp_path), now=clock())
    assert caught.value.code == code
    assert any("а" <= letter <= "я" for letter in str(caught.value))
    assert str(tmp_path) not in str(caught.value)
    assert everything(session) == before


def test_failure_while_loading_takes_everything_back(installation, tmp_path, clock):
    with installation.work("тест") as work:
        import_archive(work.session, archive(tmp_path), now=clock())
        before = everything(work.session)
    with pytest.raises(RuntimeError, match="power"), installation.work("тест") as work:
        import_archive(work.session, archive(tmp_path, [record(9)], version="6.2000"), now=clock())
        raise RuntimeError("power cut")
    with installation.work("тест") as work:
        assert everything(work.session) == before
        assert [row.inn for row in find(work.session, "клиника")] == ["7700000001", "7700000002"]
        work.session.execute(text("INSERT INTO refbook_search(refbook_search) VALUES ('integrity-check')"))


def test_empty_database_says_that_nothing_is_loaded(session, tmp_path, clock):
    assert not is_loaded(session)
    with pytest.raises(RefbookError):
        import_archive(session, not_a_zip(tmp_path), now=clock())
    assert not is_loaded(session)


def test_archive_without_compression_is_read_too(session, tmp_path, clock):
    path = zipped(tmp_path / "a.zip", {f"folder/{NAME}_json.json": as_json([record(1)])}, zipfile.ZIP_STORED)
    assert import_archive(session, path, now=clock()).records == 1
