"""From whatever a caller hands over (a path, bytes, an open file) to the bytes of one file, or BadFile."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .findings import BadFile

LIMIT = 200 * 1024 * 1024  # bytes, of a file and of what is packed in it

CsvSource = str | Path | bytes | bytearray | memoryview | IO[bytes] | IO[str]


@dataclass(frozen=True)
class Source:
    """The whole file as bytes, and a name for it (file name without its ending; "series" where there is none)."""

    data: bytes
    name: str


def load(source: CsvSource, name: str | None = None) -> Source:
    """Read `source` whole. Raises BadFile where it cannot be read, is empty or too large."""
    data, found = _bytes_and_name(source)
    if len(data) > LIMIT:
        raise BadFile(
            f"The file is larger than the limit of {LIMIT // 1024**2} MB; leave out columns or rows that are not needed, "
            "or average it to a coarser time step."
        )
    require_content(data)
    return Source(data, name or found or "series")


def require_content(data: bytes) -> None:
    """Raises BadFile where there is nothing but a byte order mark and blanks."""
    if not re.search(rb"[^\xef\xbb\xbf \t\r\n]", data):
        raise BadFile("The file is empty; choose a file with a header and rows of numbers.")


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
