"""Many files as one zip, with a list of what they are; the same files give the same bytes."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# The oldest moment that a zip can name: the moment of making would make every one another.
MOMENT = (1980, 1, 1, 0, 0, 0)
CONTENTS = "CONTENTS.txt"
FIT = "run.unroll"
ORIGINAL = "data/original/"  # where the user's own file stands
LARGEST = 2_000_000_000  # bytes, unpacked


@dataclass(frozen=True)
class Piece:
    """path: within the zip. about: what it is, in a line; empty for what needs no word."""

    path: str
    content: bytes
    about: str = ""


def zip_of(pieces: Sequence[Piece], heading: str, left_out: Sequence[str] = ()) -> bytes:
    """The zip. left_out: sentences on what is not in it, and why. Raises ValueError where two pieces have the same path."""
    paths = [piece.path for piece in pieces]
    if len(set(paths)) != len(paths):
        raise ValueError(f"Each file of the zip needs a name of its own, got {sorted(paths)}.")
    said = [piece for piece in pieces if piece.about]
    width = max((len(piece.path) for piece in said), default=0)
    listed = [f"{piece.path.ljust(width)}  {piece.about}" for piece in said]
    missing = ["", "Left out:", *(f"- {sentence}" for sentence in left_out)] if left_out else []
    contents = Piece(CONTENTS, "\n".join([heading, "", *listed, *missing, ""]).encode())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for piece in (contents, *pieces):
            archive.writestr(zipfile.ZipInfo(piece.path, MOMENT), piece.content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def fit_in_zip(content: bytes, name: str = "The file") -> bytes:
    """The bytes of the fit in such a zip (`rnn.export.fit_from_bytes` reads them). Raises ValueError for anything else."""
    try:
        return _member(content, FIT, name)
    except KeyError:
        raise ValueError(f"{name} is a zip without {FIT}; give the zip of a run as Unroll wrote it.") from None
    except (zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError) as error:
        raise ValueError(f"{name} is not a zip that can be read ({str(error).rstrip('.')}).") from None


def original_in_zip(content: bytes, name: str = "The file") -> tuple[str, bytes] | None:
    """Name and bytes of the user's own file in such a zip; None where there is none. Raises ValueError as `fit_in_zip`."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        paths = [path for path in archive.namelist() if path.startswith(ORIGINAL) and path != ORIGINAL]
    return (paths[0].removeprefix(ORIGINAL), _member(content, paths[0], name)) if paths else None


def _member(content: bytes, path: str, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(path).file_size
        if size > LARGEST:
            raise ValueError(f"{name} holds {path} of {size:,} bytes, more than the {LARGEST:,} that are read.")
        return archive.read(path)


def is_zip(content: bytes) -> bool:
    return content.startswith(b"PK\x03\x04")


def table_csv(columns: Mapping[str, Sequence[object]]) -> bytes:
    """Columns of one length as CSV, numbers with all their digits."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue().encode()
