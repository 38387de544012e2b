"""What is packed in an archive, taken out in memory: never by a path, never more than the limit, at most two deep."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from .. import source
from ..findings import BadFile, Finding, counted, finding
from .kinds import ARCHIVES, MOST_MEMBERS, kind_of_bytes

DEEPEST = 2  # archives inside each other
RATIO = 1000  # bytes out for a byte in; a table of one repeated line comes to a few hundred
_SUSPICIOUS = 16 << 20  # bytes unpacked before the ratio is looked at
_BLOCK = 1 << 20
_HEAD = 1 << 16  # bytes that a member is judged by
_JUDGED = 50  # members that are looked into
_XZ_MEMORY = 256 << 20  # bytes that an xz file may ask for; its strongest ordinary setting asks for 65 MB
_DAMAGE = (
    EOFError, OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError, NotImplementedError,
    ValueError, IndexError, OverflowError, struct.error,
)  # fmt: skip
_ARTICLE = {"gzip": "a gzip", "bzip2": "a bzip2", "xz": "an xz", "zip": "a zip", "tar": "a tar"}

Read = Callable[[int], bytes]


@dataclass(frozen=True)
class Unpacked:
    """The bytes inside; member: which of several was taken ("inner.zip/data.csv" where archives lie in each other)."""

    data: bytes
    member: str | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class _Member:
    name: str
    packed: int  # bytes in the archive
    open: Callable[[], Read]


def unpacked(data: bytes, member: str | None, is_table: Callable[[bytes], bool]) -> Unpacked:
    """The one table in `data`, or `data` itself where it is no archive.

    member: which to take of several. is_table: whether the first bytes of a member read as a table; asked where there are
    several and none is chosen. Raises BadFile for archives that are damaged, encrypted, too large or too deep, and where no
    member or more than one could be meant.
    """
    result, prefix = Unpacked(data), ""
    for _ in range(DEEPEST + 1):
        kind = kind_of_bytes(result.data)
        if kind not in ARCHIVES:
            return result
        try:
            inner = _opened(result.data, kind, member, prefix, is_table)
        except BadFile:
            raise
        except _DAMAGE as error:
            raise _damaged(kind, error) from None
        inner = replace(inner, member=inner.member or result.member, findings=result.findings + inner.findings)
        prefix = f"{inner.member}/" if inner.member else ""
        result = inner
        source.require_content(result.data)
    raise BadFile(f"Archives lie more than {DEEPEST} deep in each other; unpack the file and choose the table inside.")


def _opened(data: bytes, kind: str, member: str | None, prefix: str, is_table: Callable[[bytes], bool]) -> Unpacked:
    if kind in ("zip", "tar"):
        found = (_in_zip if kind == "zip" else _in_tar)(data)
        one, others = _picked(found, kind, member, prefix, is_table)
        message = f"The file is {_ARTICLE[kind]} archive; {one.name!r} in it was read"
        rest = f", not {_listing([other.name for other in others])}" if others else ""
        report = finding("archive", f"{message}{rest}.", count=len(found))
        return Unpacked(_bounded(one.open(), one.packed), prefix + one.name, (report,))
    stream: Read
    if kind == "xz":
        stream = _XzReader(data).read
    else:
        stream = (gzip.GzipFile(fileobj=io.BytesIO(data)) if kind == "gzip" else bz2.BZ2File(io.BytesIO(data))).read
    content = _bounded(stream, len(data))
    report = finding("archive", f"The file is {_ARTICLE[kind]} archive and was unpacked.", count=1)
    return Unpacked(content, None, (report,))


def _bounded(read: Read, packed: int, most: int | None = None) -> bytes:
    """All that `read` gives, up to the limit. most: stop there without a complaint."""
    parts: list[bytes] = []
    size = 0
    while block := read(_BLOCK if most is None else most - size):
        parts.append(block)
        size += len(block)
        if size > source.LIMIT:
            raise BadFile(
                f"The archive unpacks to more than the limit of {source.LIMIT // 1024**2} MB; leave out columns or rows "
                "that are not needed, or average it to a coarser time step."
            )
        if size > _SUSPICIOUS and size > RATIO * packed:
            raise BadFile(
                f"The archive unpacks to more than {RATIO:,} times its size, as no measurements do; it was not read further."
            )
    return b"".join(parts)


class _XzReader:
    """xz streams one after the other, with a bound on the memory that a stream's header may ask for."""

    def __init__(self, data: bytes) -> None:
        self._rest = data
        self._stream = self._next()

    def _next(self) -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)

    def read(self, size: int) -> bytes:
        while True:
            if self._stream.eof:
                self._rest = self._stream.unused_data.lstrip(b"\0")  # padding between streams
                if not self._rest:
                    return b""
                self._stream = self._next()
            block = self._stream.decompress(self._rest, size)
            self._rest = b""
            if block:
                return block
            if self._stream.needs_input and not self._stream.eof:
                raise EOFError


def _in_zip(data: bytes) -> list[_Member]:
    if data.count(b"PK\x01\x02") > MOST_MEMBERS:
        raise BadFile(f"The zip archive holds more than {MOST_MEMBERS:,} files; unpack it and choose one of them.")
    archive = zipfile.ZipFile(io.BytesIO(data))
    return [
        _Member(info.filename, info.compress_size, lambda info=info: _from_zip(archive, info))  # type: ignore[misc]
        for info in archive.infolist()
        if info.file_size and not info.is_dir()
    ]


def _from_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Read:
    if info.flag_bits & 1:
        raise BadFile(
            f"{info.filename!r} in the zip archive is encrypted with a password; unpack it and choose the file inside."
        )
    return archive.open(info).read


def _in_tar(data: bytes) -> list[_Member]:
    archive = tarfile.open(fileobj=io.BytesIO(data), mode="r:")  # noqa: SIM115 (it holds memory only)
    found = []
    for count, info in enumerate(archive):
        if count >= MOST_MEMBERS:
            raise BadFile(f"The tar archive holds more than {MOST_MEMBERS:,} files; unpack it and choose one of them.")
        if info.isreg() and info.size and not info.issparse():
            found.append(_Member(info.name, info.size, lambda info=info: archive.extractfile(info).read))  # type: ignore
    return found


def _picked(
    found: list[_Member], kind: str, member: str | None, prefix: str, is_table: Callable[[bytes], bool]
) -> tuple[_Member, list[_Member]]:
    """The member that is meant, and what else a user might have meant."""
    real = [one for one in found if not _is_litter(one.name)]
    if not real:
        raise BadFile(f"The {kind} archive is empty; choose one with a table in it.")
    if member is not None and member != prefix.removesuffix("/"):
        for one in found:
            name = prefix + one.name
            if member == name or member.startswith(f"{name}/"):
                return one, [other for other in real if other is not one]
        names = _listing([prefix + one.name for one in real])
        raise BadFile(f"member={member!r} is not in the {kind} archive; it holds {names}.")
    if len(real) == 1:
        return real[0], []
    if len(real) > _JUDGED:
        raise BadFile(
            f"The {kind} archive holds {counted(len(real), 'file')}; choose one with member=…: "
            f"{_listing([prefix + one.name for one in real])}."
        )
    tables = [one for one in real if is_table(_bounded(one.open(), one.packed, _HEAD))]
    if len(tables) == 1:
        return tables[0], [other for other in real if other is not tables[0]]
    what = f"{len(tables)} tables" if tables else "no file that reads as a table"
    names = _listing([prefix + one.name for one in tables or real])
    raise BadFile(f"The {kind} archive holds {what}; choose one with member=…: {names}.")


def _is_litter(name: str) -> bool:
    """What operating systems leave in archives."""
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith((".", "Thumbs.db", "desktop.ini"))


def _listing(names: list[str], most: int = 8) -> str:
    shown = [repr(name if len(name) <= 60 else name[:59] + "…") for name in names[:most]]
    return ", ".join(shown) + (f" and {len(names) - most:,} more" if len(names) > most else "")


def _damaged(kind: str, error: Exception) -> BadFile:
    if isinstance(error, NotImplementedError):
        return BadFile(f"The {kind} archive is packed in a way that is not read; unpack it and choose the file inside.")
    if isinstance(error, lzma.LZMAError) and "memory" in str(error).lower():
        return BadFile(
            f"The {kind} archive asks for more than {_XZ_MEMORY >> 20} MB of memory to be unpacked; pack it with an "
            "ordinary setting, or unpack it first."
        )
    return BadFile(f"The {kind} archive is damaged or ends too early; download or pack it again.")
