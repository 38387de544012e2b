"""Which encoding a file's bytes are in, and the same text as UTF-8."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from charset_normalizer import from_bytes

from ..findings import SHOWN, BadFile, Finding, counted, finding, row_list

_BLOCK = 1 << 22
_CONTROLS = bytes({*range(32), 127} - {0, *b"\t\n\v\f\r\x01\x1a\x1b\x1c\x1d\x1e\x1f"})
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
    """The text of `data`, its lines ended by LF alone. encoding: a codec's name, or None to find it.

    A few NUL bytes and a few letters broken in UTF-8 are taken out and reported. Raises ValueError where the name is unknown,
    BadFile where the bytes are not text or do not fit the encoding asked for.
    """
    chosen = _checked_name(encoding) if encoding else None
    found = chosen or _detect(data)
    findings: list[Finding] = []
    if found in ("utf-8", "utf-8-sig"):
        text = data[3:] if data.startswith(codecs.BOM_UTF8) else data
        if not _is_utf8(data):
            text, broken = _without_broken_letters(data, text, found)
            findings.append(broken)
    else:
        text = _transcoded(data, found)
        if not chosen and not found.startswith("utf"):
            findings.append(_guessed(data, found))
    text = _with_one_line_end(text)
    if b"\0" in text:
        findings.append(_zeros(text))
        text = text.replace(b"\0", b"")
    return Text(text, found, tuple(findings))


def _with_one_line_end(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


def _zeros(text: bytes) -> Finding:
    """The finding for stray NUL bytes; BadFile where there are more than a slip leaves, or the rest is no text either."""
    count = text.count(b"\0")
    if count * 1000 > len(text) + 1000 or _is_binary(text[:65536]):
        raise BadFile("The file is binary data, not text in rows and columns; choose or export a CSV file.")
    rows, at = [], -1
    while len(rows) < SHOWN and (at := text.find(b"\0", at + 1)) >= 0:
        rows.append(text.count(b"\n", 0, at) + 1)
    message = f"{counted(count, 'NUL byte')} in the file ({row_list(rows)}); left out."
    return finding("nul-bytes", message, rows, count)


def _is_binary(start: bytes) -> bool:
    """More control characters than any text has. (Those that serve as separators do not count.)"""
    return len(start) - len(start.translate(None, delete=_CONTROLS)) > len(start) / 50


def _without_broken_letters(data: bytes, text: bytes, encoding: str) -> tuple[bytes, Finding]:
    """UTF-8 text in which a few letters are broken, each replaced by "\ufffd". Raises BadFile where it is another encoding."""
    if not _is_nearly_utf8(_telling_lines(text)):
        raise _misfit(data, encoding)
    mark = "\ufffd".encode()
    there = text.count(mark)
    whole = _with_one_line_end(b"".join(part.encode("utf-8") for part in _decoded(text, "utf-8", "replace")))
    count = whole.count(mark) - there
    rows, at = [], -1
    while len(rows) < SHOWN and (at := whole.find(mark, at + 1)) >= 0:
        rows.append(whole.count(b"\n", 0, at) + 1)
    message = f"{counted(count, 'letter')} broken in UTF-8 ({row_list(rows)}); shown as \ufffd, all others are whole."
    return whole, finding("broken-letters", message, rows, count)


def _is_nearly_utf8(sample: bytes) -> bool:
    """Whether more than 20 times as many letters beyond ASCII are whole as are broken."""
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(not char.isascii() for char in text) - broken > 20 * broken


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
        _zeros(data)
    if _is_utf8(data):
        return "utf-8"
    sample = _telling_lines(data)
    if _is_nearly_utf8(sample):
        return "utf-8"
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
    try:
        for _ in _decoded(data, encoding):
            pass
    except UnicodeError:
        return False
    return True


def _beyond_ascii(data: bytes, at: int = 0) -> int | None:
    """Where the first byte beyond ASCII stands, from `at` on."""
    while at < len(data):
        block = data[at : at + _BLOCK]
        if not block.isascii():
            return at + int(np.argmax(np.frombuffer(block, np.uint8) > 127))
        at += len(block)
    return None


def _telling_lines(data: bytes, enough: int = 16384) -> bytes:
    """The lines that hold bytes beyond ASCII, up to `enough` bytes: the rest says nothing about the encoding."""
    lines, size, at = [], 0, 0
    while size < enough and (here := _beyond_ascii(data, at)) is not None:
        begin = max(data.rfind(b"\n", at, here) + 1, here - 200)
        end = data.find(b"\n", here, here + 200)
        at = here + 200 if end < 0 else end + 1
        lines.append(data[begin:at])
        size += at - begin
    return b"".join(lines)


def _decoded(data: bytes, encoding: str, errors: str = "strict") -> Iterator[str]:
    """The text block by block, so that a large file is never held as one string of four-byte characters."""
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    for at in range(0, len(data), _BLOCK):
        yield decoder.decode(data[at : at + _BLOCK])
    yield decoder.decode(b"", final=True)


def _transcoded(data: bytes, encoding: str) -> bytes:
    try:
        text = b"".join(part.encode("utf-8") for part in _decoded(data, encoding))
    except UnicodeError:
        raise _misfit(data, encoding) from None
    return text.removeprefix(codecs.BOM_UTF8)


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
    first = _beyond_ascii(data)
    rows = [data.count(b"\n", 0, first) + 1] if first is not None else []
    message = f"The file is not UTF-8 and was read as {encoding}; if letters with accents look wrong, choose another encoding."
    return finding("encoding", message, rows, count)
