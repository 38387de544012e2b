"""What kind of file some bytes are, by what they hold and never by a name."""

from __future__ import annotations

import codecs
import io
import re
import struct
import zipfile

from ..findings import BadFile

# Kinds that one reader each takes; "text" is everything that speaks for nothing else.
ARCHIVES = ("gzip", "bzip2", "xz", "zip", "tar")
KINDS = (*ARCHIVES, "workbook", "parquet", "arrow", "json", "sound", "symbols", "text")
MOST_MEMBERS = 10_000  # of an archive

_SIGNATURES: dict[bytes, str] = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"PAR1": "parquet",
    b"ARROW1\0\0": "arrow",
    b"fLaC": "sound",
    b"OggS": "sound",
    b"ID3": "sound",
}

# First bytes of the files that people pick by mistake, and what they are.
_REFUSED: dict[bytes, str] = {
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"\x04\x22\x4d\x18": "an LZ4 archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"\x89HDF": "an HDF5 file",
    b"CDF\x01": "a NetCDF file",
    b"CDF\x02": "a NetCDF file",
    b"SQLite format 3\x00": "an SQLite database",
    b"%PDF": "a PDF document",
    b"{\\rtf": "a text document (.rtf)",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"II*\0": "a picture",
    b"MM\0*": "a picture",
    b"\x93NUMPY": "a NumPy array",
    b"MATLAB 5.0": "a MATLAB file",
    b"$FL2": "an SPSS file",
    b"<stata_dta>": "a Stata file",
    b"RDX": "an R data file",
    b"ORC": "an ORC file",
    b"Obj\x01": "an Avro file",
    b"FEA1": "a Feather file of the first version",
    b"\x7fELF": "a program",
    b"MZ\x90\0": "a program",
}
_REMEDIES = {
    "archive": "unpack it and choose the CSV file inside",
    "database": "export the table as CSV with the program that made it",
    "HDF5": "export the numbers as CSV or Parquet (in Python: pandas.read_hdf(…).to_parquet(…))",
    "pickle": "a pickle can run code when it is opened and is never read; save it as Parquet or CSV instead",
    "NumPy": "save it as CSV (in Python: numpy.savetxt(…, delimiter=','))",
    "web page": "the download link probably led to a page; download the data itself",
    "document": "copy the table into a spreadsheet and save that as CSV",
    "picture": "the numbers behind it are needed: ask for them, or read them off into a CSV file",
    "encrypted": "open it in the program that made it and save it without a password",
}

_JSON = re.compile(rb'\{\s*["}]|\[\s*(?:[\[{"\-\d\]]|null|true|false)')
_FASTA = re.compile(rb"(?:;[^\r\n]*[\r\n]+)*>[^\r\n]*[\r\n]+[A-Za-z*\-. ]+(?:[\r\n]|$)")
_MP3 = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb]")  # without a heading
_SECTION = re.compile(rb"\[[^\]\r\n]*\]\s*[\r\n]+[^\[\s]")  # "[Data]" alone on a line, as measuring devices write

_OFFICE = re.compile(rb"\[Content_Types\]\.xml|docProps/|_rels/\.rels|xl/")  # first names in an office file


def kind_of_bytes(data: bytes) -> str:
    """One of KINDS. Raises BadFile for what is known and not read, with what to do instead."""
    for signature, kind in _SIGNATURES.items():
        if data.startswith(signature):
            return kind
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound(data)
    if data[:4] in (b"RIFF", b"RF64", b"FORM"):
        if data[8:12] in (b"WAVE", b"AIFF", b"AIFC"):
            return "sound"
        raise refusal("a picture" if data[8:12] == b"WEBP" else "a video or another kind of medium")
    if _MP3.match(data):
        return "sound"
    if data[257:262] == b"ustar":
        return "tar"
    if re.match(rb"\xff\xff\xff\xff[^\xff]", data) and b"\0" in data[:64]:
        return "arrow"
    for signature, what in _REFUSED.items():
        if data.startswith(signature):
            raise refusal(what)
    if re.match(rb"\x80[\x02-\x05]", data):
        raise refusal("a Python pickle")
    return _text_kind(data)


def refusal(what: str) -> BadFile:
    """The sentence for a file that is `what` and cannot be read."""
    remedy = next((words for key, words in _REMEDIES.items() if key in what), "choose or export a CSV file")
    return BadFile(f"The file is {what}, not text in rows and columns; {remedy}.")


def _zipped(data: bytes) -> str:
    """A zip archive, or one of the many kinds of file that are zip archives inside."""
    start, names = data[:4096], zip_names(data)
    if b"opendocument.spreadsheet" in start:
        return "workbook"
    if "[Content_Types].xml" in names or (not names and _OFFICE.search(start)):
        for folder, what in (("word/", "a text document (.docx)"), ("ppt/", "a slide document (.pptx)")):
            if any(name.startswith(folder) for name in names):
                raise refusal(what)
        return "workbook"
    if any(name.startswith("xl/workbook.") for name in names):
        return "workbook"
    if b"mimetypeapplication/" in start[:128]:
        raise refusal("a document")
    if names and all(name.endswith(".npy") for name in names):
        raise refusal("a NumPy archive (.npz)")
    return "zip"


def zip_names(data: bytes) -> list[str]:
    """The names in a zip archive's directory; none where it cannot be read or has more than MOST_MEMBERS entries."""
    if data.count(b"PK\x01\x02") > MOST_MEMBERS:
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error, IndexError, OverflowError):
        return []


def _compound(data: bytes) -> str:
    """Microsoft's container: old workbooks, old documents, and any newer file under a password."""
    names = data[:1_000_000]
    if "EncryptedPackage".encode("utf-16-le") in names:
        raise BadFile(f"The workbook is encrypted with a password; {_REMEDIES['encrypted']}.")
    if "WordDocument".encode("utf-16-le") in names:
        raise refusal("a text document (.doc)")
    return "workbook"


def _text_kind(data: bytes) -> str:
    head = data[:4096]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head[: len(head) & ~1].decode("utf-16", "ignore").encode()
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:512].lower().startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<body")):
        raise refusal("a web page")
    if start.startswith(b"<?xml"):
        raise refusal("an XML document")
    if _JSON.match(start) and not _SECTION.match(start):
        return "json"
    if _FASTA.match(start) or _is_letters(data):
        return "symbols"
    return "text"


def _is_letters(data: bytes) -> bool:
    """Long lines of nothing but letters: a sequence of symbols, where words would be short and have blanks between them."""
    start = data[:65536]
    lines = start.split()
    return (
        sum(map(len, lines)) >= 20 * len(lines) > 0
        and start.count(b"\n") >= len(lines) - 1
        and re.fullmatch(rb"[A-Za-z*\-\s]+", start) is not None
        and len(set(start.upper()) - set(b" \t\r\n")) <= 30
    )
