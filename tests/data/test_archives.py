"""Packed files: what is in them is read, and nothing that is packed to do harm gets far."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from rnn.data import BadFile, Table, read_csv
from rnn.data import source as limits

CSV = b"day,sales\n" + b"".join(b"2020-01-%02d,%d\n" % (day, day * day) for day in range(1, 29))
OTHER = CSV.replace(b"sales", b"stock")


def zipped(compression: int = zipfile.ZIP_DEFLATED, **members: bytes) -> bytes:
    """An archive of members; "__" in a name stands for "/", "_" for "."."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return buffer.getvalue()


def tarred(mode: str = "w", **members: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            info = tarfile.TarInfo(name.replace("_", "."))
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "gzip in two parts": lambda data: gzip.compress(data[:40]) + gzip.compress(data[40:]),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "xz in two parts": lambda data: lzma.compress(data[:40]) + bytes(4) + lzma.compress(data[40:]),
    "zip": lambda data: zipped(a_csv=data),
    "zip stored": lambda data: zipped(zipfile.ZIP_STORED, a_csv=data),
    "zip bzip2": lambda data: zipped(zipfile.ZIP_BZIP2, a_csv=data),
    "zip lzma": lambda data: zipped(zipfile.ZIP_LZMA, a_csv=data),
    "zip from a Mac": lambda data: zipped(a_csv=data, __MACOSX___a_csv=b"\0\5\x16\7", _DS_Store=b"x"),
    "zip beside a note": lambda data: zipped(
        README_txt=b"Sales of a shop.\nAsk us.\n", a_csv=data, p_png=b"\x89PNG\r\n"
    ),
    "tar": lambda data: tarred(a_csv=data),
    "tar.gz": lambda data: tarred("w:gz", a_csv=data),
    "zip in gzip": lambda data: gzip.compress(zipped(a_csv=data)),
    "gzip in zip": lambda data: zipped(a_gz=gzip.compress(data)),
}


def same(table: Table, content: bytes) -> None:
    plain = read_csv(CSV)
    assert table.frame.equals(plain.frame)
    assert (table.time, table.frequency, table.format) == ("day", "D", "csv")
    assert read_csv(content, **table.choices).frame.equals(plain.frame)


@pytest.mark.parametrize("packer", PACKERS)
def test_what_is_packed_is_read_as_if_it_were_not(packer: str) -> None:
    content = PACKERS[packer](CSV)
    table = read_csv(content)
    same(table, content)
    assert table.findings[0].kind == "archive"


def test_the_name_of_a_file_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_bytes(gzip.compress(CSV))
    (tmp_path / "sales.gz").write_bytes(CSV)
    assert read_csv(tmp_path / "sales.csv").frame.equals(read_csv(tmp_path / "sales.gz").frame)


def test_one_of_several_tables_is_chosen_by_name() -> None:
    content = zipped(b__sales_csv=CSV, stock_csv=OTHER)
    with pytest.raises(BadFile, match=r"holds 2 tables; choose one with member=…: 'b/sales.csv', 'stock.csv'\."):
        read_csv(content)
    table = read_csv(content, member="stock.csv")
    assert table.guess == "stock"
    assert table.choices["member"] == "stock.csv"
    assert "'b/sales.csv'" in table.findings[0].message
    with pytest.raises(BadFile, match=r"member='sales.csv' is not in the zip archive; it holds 'b/sales.csv'"):
        read_csv(content, member="sales.csv")


def test_a_member_of_an_archive_in_an_archive() -> None:
    content = zipped(inner_zip=zipped(sales_csv=CSV, stock_csv=OTHER), outer_csv=OTHER)
    table = read_csv(content, member="inner.zip/sales.csv")
    same(table, content)
    assert table.choices["member"] == "inner.zip/sales.csv"


BAD = {
    "nothing in it": (zipped(), "The zip archive is empty"),
    "an empty file": (zipped(a_csv=b""), "The zip archive is empty"),
    "blanks": (gzip.compress(b"\n \n"), "The file is empty"),
    "no table": (zipped(a_txt=b"Hello.\n", b_txt=b"World.\n"), "holds no file that reads as a table"),
    "a picture": (zipped(a_png=b"\x89PNG\r\n"), "The file is a picture"),
    "three deep": (zipped(a_zip=zipped(b_zip=zipped(c_csv=CSV))), "more than 2 deep"),
    "cut gzip": (gzip.compress(CSV)[:-20], "The gzip archive is damaged or ends too early"),
    "cut bzip2": (bz2.compress(CSV)[:-20], "The bzip2 archive is damaged or ends too early"),
    "cut xz": (lzma.compress(CSV)[:-20], "The xz archive is damaged or ends too early"),
    "cut zip": (zipped(a_csv=CSV)[:-20], "The zip archive is damaged or ends too early"),
    "cut tar": (tarred(a_csv=CSV)[:700], "The tar archive is damaged or ends too early"),
    "a wrong sum": (zipped(zipfile.ZIP_STORED, a_csv=CSV).replace(b"01-05,25", b"01-05,26"), "zip archive is damaged"),
    "RAR": (b"Rar!\x1a\x07\x00" + bytes(50), "a RAR archive, not text in rows and columns; unpack it"),
    "many files": (
        zipped(**{f"a{k}_csv": CSV for k in range(60)}),
        "holds 60 files; choose one with member=…: 'a0.csv'",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_archives_that_cannot_be_used(case: str) -> None:
    content, sentence = BAD[case]
    with pytest.raises(BadFile) as caught:
        read_csv(content)
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_password() -> None:
    content = bytearray(zipped(a_csv=CSV))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(signature) + place] |= 1
    with pytest.raises(BadFile, match=r"'a.csv' in the zip archive is encrypted with a password; unpack it"):
        read_csv(bytes(content))


def test_names_of_members_lead_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("../../../etc/passwd", "/etc/passwd", "C:\\windows\\a.csv", "a/../../b.csv"):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(name, CSV)
        same(read_csv(buffer.getvalue()), buffer.getvalue())
    link = tarfile.TarInfo("link.csv")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(link)
    with pytest.raises(BadFile, match="The tar archive is empty"):
        read_csv(buffer.getvalue())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("packer", ["gzip", "bzip2", "xz", "zip", "tar.gz"])
def test_more_than_the_limit_is_never_unpacked(packer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LIMIT", 1 << 20)
    lines = b"".join(b"%d,%d\n" % (k, k * k % 9973) for k in range(120_000))
    with pytest.raises(BadFile, match="The archive unpacks to more than the limit of 1 MB"):
        read_csv(PACKERS[packer](lines))


@pytest.mark.parametrize("packer", ["bzip2", "xz"])
def test_what_unpacks_to_a_thousand_times_its_size_is_left(packer: str) -> None:
    content = PACKERS[packer](b"1\n" * (10 << 20))
    with pytest.raises(BadFile, match="unpacks to more than 1,000 times its size"):
        read_csv(content)


def test_an_xz_file_that_asks_for_much_memory() -> None:
    content = lzma.compress(CSV)
    # The size of the dictionary stands in the block's header; a real one of a gigabyte would take as much to write.
    header = bytearray(content[12:24])
    assert header[:4] == bytes([2, 0, 0x21, 1])
    header[4] = 36  # 2**30 bytes
    header[8:12] = zlib.crc32(bytes(header[:8])).to_bytes(4, "little")
    with pytest.raises(BadFile, match="asks for more than 256 MB of memory"):
        read_csv(content[:12] + bytes(header) + content[24:])


def test_a_directory_that_understates_the_size() -> None:
    content = bytearray(zipped(a_csv=CSV))
    at = content.find(b"PK\x01\x02")
    content[at + 24 : at + 28] = (20).to_bytes(4, "little")
    with pytest.raises(BadFile, match="The zip archive is damaged"):
        read_csv(bytes(content))


def test_a_directory_of_too_many_names() -> None:
    content = zipped(a_csv=CSV) + b"PK\x01\x02" * 10_001
    with pytest.raises(BadFile, match="holds more than 10,000 files"):
        read_csv(content)
