"""Which encoding a file's bytes are in, and the same text as UTF-8."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from .findings import BadFile, Finding, finding

_BLOCK = 1 << 22
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_BOMS = (  # UTF-32 first: its little-endian mark begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Asked in this order when the Western code page reads like noise. Free choice among all encodings goes astray on the few
# accented letters of a CSV header (it takes "ñ" for half a Chinese character), so the likely ones are asked one by one.
_OTHERS = ("cp1251", "cp1250", "cp1253", "shift_jis", "gb18030", "big5", "euc_kr")


@dataclass(frozen=True)
class Text:
    """A file's text as UTF-8 without a byte order mark, the encoding it came in, and what was noticed."""

    data: bytes
    encoding: str
    findings: tuple[Finding, ...] = ()


def to_utf8(data: bytes, encoding: str | None = None) -> Text:
    """The text of `data`. encoding: a codec's name, or None to find it.

    Raises ValueError where the name is unknown, BadFile where the bytes are not text or do not fit the encoding asked for.
    """
    chosen = _checked_name(encoding) if encoding else None
    found = chosen or _detect(data)
    findings: tuple[Finding, ...] = ()
    if found in ("utf-8", "utf-8-sig"):
        if (chosen or found == "utf-8-sig") and not _is_utf8(data):
            raise _misfit(data, found)
        text = data[3:] if data.startswith(codecs.BOM_UTF8) else data
    else:
        text = _transcoded(data, found)
        if not chosen and not found.startswith("utf"):
            findings = (_guessed(data, found),)
    if b"\0" in text:
        raise BadFile("The file is binary data, not text in rows and columns; choose or export a CSV file.")
    return Text(text, found, findings)


def _checked_name(name: str) -> str:
    try:
        info = codecs.lookup(name)
        "".encode(name)  # some codecs (base64, rot13) are not for text
    except LookupError:
        raise ValueError(f"encoding={name!r} is not known; try utf-8, utf-16, cp1252 or latin-1.") from None
    return name if name == "utf-8-sig" else info.name


def _detect(data: bytes) -> str:
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name
    wide = _utf16_without_mark(data[:4096])
    if wide:
        return wide
    if b"\0" in data:
        raise BadFile("The file is binary data, not text in rows and columns; choose or export a CSV file.")
    if _is_utf8(data):
        return "utf-8"
    sample = _telling_lines(data)
    if from_bytes(sample, cp_isolation=["cp1252"]).best() and _decodes(data, "cp1252"):
        return "cp1252"
    matches = from_bytes(sample, cp_isolation=list(_OTHERS))
    ranked = sorted(matches, key=lambda match: (round(match.chaos, 1), _OTHERS.index(match.encoding)))
    names = [match.encoding for match in ranked] + ["cp1252"]
    return next((name for name in names if _decodes(data, name)), "latin-1")


def _utf16_without_mark(start: bytes) -> str | None:
    """Digits and separators in UTF-16 have a zero as every second byte."""
    pairs = len(start) // 2
    if pairs < 4:
        return None
    even, odd = start[0 : 2 * pairs : 2].count(0), start[1 : 2 * pairs : 2].count(0)
    if odd > 0.6 * pairs and even < 0.05 * pairs:
        return "utf-16-le"
    if even > 0.6 * pairs and odd < 0.05 * pairs:
        return "utf-16-be"
    return None


def _is_utf8(data: bytes) -> bool:
    return data.isascii() or _decodes(data, "utf-8")


def _decodes(data: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for at in range(0, len(data), _BLOCK):
            decoder.decode(data[at : at + _BLOCK])
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _telling_lines(data: bytes, enough: int = 16384) -> bytes:
    """The lines that hold bytes beyond ASCII, up to `enough` bytes: the rest says nothing about the encoding."""
    lines, size, at = [], 0, 0
    while size < enough and (match := _BEYOND_ASCII.search(data, at)):
        begin = max(data.rfind(b"\n", at, match.start()) + 1, match.start() - 200)
        end = data.find(b"\n", match.start(), match.start() + 200)
        at = match.start() + 200 if end < 0 else end + 1
        lines.append(data[begin:at])
        size += at - begin
    return b"".join(lines)


def _transcoded(data: bytes, encoding: str) -> bytes:
    """`data` as UTF-8, block by block, so that a large file is never held as one string of four-byte characters."""
    decoder = codecs.getincrementaldecoder(encoding)()
    blocks = []
    try:
        for at in range(0, len(data), _BLOCK):
            blocks.append(decoder.decode(data[at : at + _BLOCK]).encode("utf-8"))
        blocks.append(decoder.decode(b"", final=True).encode("utf-8"))
    except UnicodeError:
        raise _misfit(data, encoding) from None
    return b"".join(blocks).removeprefix(codecs.BOM_UTF8)


def _misfit(data: bytes, encoding: str) -> BadFile:
    decoder = codecs.getincrementaldecoder(encoding)()
    row = 1
    for line in data.splitlines(keepends=True):
        try:
            decoder.decode(line)
        except UnicodeError:
            break
        row += 1
    return BadFile(
        f"Row {row} of the file cannot be read as {encoding}; choose another encoding, or save the file as UTF-8 again."
    )


def _guessed(data: bytes, encoding: str) -> Finding:
    count = len(data.translate(None, delete=bytes(range(128))))
    first = _BEYOND_ASCII.search(data)
    rows = [data.count(b"\n", 0, first.start()) + 1] if first else []
    message = f"The file is not UTF-8 and was read as {encoding}; if letters with accents look wrong, choose another encoding."
    return finding("encoding", message, rows, count)
