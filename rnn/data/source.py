"""From whatever a caller hands over (a path, bytes, an open file) to the bytes of one text file, or BadFile."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .findings import BadFile

LIMIT = 200 * 1024 * 1024  # bytes

CsvSource = str | Path | bytes | bytearray | memoryview | IO[bytes] | IO[str]

# First bytes of the files that people pick by mistake, and what they are.
SIGNATURES: dict[bytes, str] = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an Excel workbook (.xls)",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ\x00": "an xz archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"PAR1": "a Parquet file",
    b"ARROW1": "an Arrow file",
    b"\x89HDF": "an HDF5 file",
    b"SQLite format 3\x00": "an SQLite database",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x80\x04\x95": "a Python pickle",
}


@dataclass(frozen=True)
class Source:
    """The whole file as bytes, and a name for it (file name without its ending; "series" where there is none)."""

    data: bytes
    name: str


def load(source: CsvSource, name: str | None = None) -> Source:
    """Read `source` whole. Raises BadFile where it cannot be read, is empty, too large, or plainly not a text table."""
    data, found = _bytes_and_name(source)
    if len(data) > LIMIT:
        raise BadFile(
            f"The file is larger than the limit of {LIMIT // 1024**2} MB; leave out columns or rows that are not needed, "
            "or average it to a coarser time step."
        )
    if not re.search(rb"[^\xef\xbb\xbf \t\r\n]", data):
        raise BadFile("The file is empty; choose a file with a header and rows of numbers.")
    what = _not_a_table(data)
    if what:
        raise BadFile(f"The file is {what}, not text in rows and columns; {_remedy(what)}")
    return Source(data, name or found or "series")


def _bytes_and_name(source: CsvSource) -> tuple[bytes, str | None]:
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source), None
    if isinstance(source, (str, Path)):
        return _read_path(Path(source))
    if not hasattr(source, "read"):
        raise TypeError(f"read_csv takes a path, bytes or an open file, got {type(source).__name__}.")
    if hasattr(source, "seek"):
        source.seek(0)  # an uploaded file may have been read before
    content = source.read(LIMIT + 1)
    found = getattr(source, "name", None)
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else bytes(content)
    return data, Path(found).stem if isinstance(found, str) else None


def _read_path(path: Path) -> tuple[bytes, str]:
    if "\n" in str(path) or "\0" in str(path):
        raise BadFile("The path holds a line break; pass a file's content as bytes, not as text.")
    try:
        if path.is_dir():
            raise BadFile(f"{path} is a folder; choose a CSV file in it.")
        with path.open("rb") as file:
            return file.read(LIMIT + 1), path.stem
    except FileNotFoundError:
        raise BadFile(f"There is no file {path}; check the path and its spelling.") from None
    except OSError as error:
        raise BadFile(
            f"{path} cannot be read ({error.strerror or error}); check the path and its permissions."
        ) from None


def _not_a_table(data: bytes) -> str | None:
    """What the file is instead of a table in text form, judged by its first bytes; None where nothing speaks against it."""
    if data.startswith(b"PK\x03\x04"):
        if b"opendocument.spreadsheet" in data[:4096]:
            return "an OpenDocument workbook (.ods)"
        office = b"[Content_Types].xml" in data[:4096] or b"xl/" in data[:4096] or b"xl/worksheets" in data[-65536:]
        return "an Excel workbook (.xlsx)" if office else "a zip archive"
    for signature, what in SIGNATURES.items():
        if data.startswith(signature):
            return what
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "a web page"
    if start.startswith(b"<?xml"):
        return "an XML document"
    if start.startswith((b'{"', b"{\n", b"{\r", b'[{"', b"[\n", b"[[")):
        return "JSON"
    return None


def _remedy(what: str) -> str:
    if "workbook" in what:
        return "open it in the program that made it and save it as CSV (File, Save as, CSV UTF-8)."
    if "archive" in what:
        return "unpack it and choose the CSV file inside."
    if what == "a web page":
        return "the download link probably led to a page; download the data itself."
    return "choose or export a CSV file."
