"""DNA, proteins and other symbols: FASTA, or long lines of letters. Every symbol becomes a column of 0 and 1."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..findings import BadFile, Finding, counted, finding, row_list, shown
from ..text.encoding import to_utf8
from .raw import MOST_CELLS, Raw, binary_layout

MOST_SYMBOLS = 30
_NUCLEIC = {"DNA": "ACGT", "RNA": "ACGU"}
# What a code of the IUPAC stands for, T standing for U in RNA
_SHARES = {
    "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC",
    "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT", "X": "ACGT",
}  # fmt: skip
_LEGAL = re.compile(r"[A-Z*\-.]*")


def read(data: bytes, wanted: Mapping[str, Any]) -> Raw:
    """wanted may fix record (of FASTA: the first word of its heading; default the longest) and encoding.

    The alphabet is the file's own, in alphabetical order, capital and small letters taken alike. In DNA and RNA a code that
    leaves several bases open (N: any) gives each of them its share; elsewhere every letter is a symbol. Rows are places in
    the sequence, counted from 1. Raises BadFile for what is no letter and for more than 30 symbols.
    """
    text = to_utf8(data, wanted.get("encoding"))
    records = _records(text.data.decode("utf-8"))
    name, sequence, notes = _picked(records, wanted.get("record"))
    if re.search("[a-z]", sequence) and re.search("[A-Z]", sequence):
        notes.append(finding("letter-case", "Small letters were taken for the same symbols as capital ones.", count=1))
    letters = np.frombuffer(sequence.upper().encode("ascii"), dtype=np.uint8)
    alphabet = sorted({chr(code) for code in np.unique(letters)})
    kind = next((kind for kind, bases in _NUCLEIC.items() if _is_nucleic(letters, bases)), None)
    symbols = list(_NUCLEIC[kind]) if kind else alphabet
    if len(symbols) > MOST_SYMBOLS or len(symbols) * len(letters) > MOST_CELLS:
        raise BadFile(
            f"The file holds {counted(len(letters), 'symbol')} of {len(symbols)} kinds, more than can be read as columns; "
            "choose a shorter part, or one with fewer kinds."
        )
    values = _one_hot(letters, symbols, kind)
    found = (*text.findings, *notes, *_about(letters, symbols, kind))
    frame = pd.DataFrame(values, columns=symbols, index=pd.RangeIndex(1, len(letters) + 1, name="row"))
    used = {"encoding": text.encoding} | ({"record": name} if name is not None else {})
    return Raw(frame, binary_layout(symbols), "symbols", text.encoding, found, used, None, tuple(symbols))


def _records(text: str) -> dict[str | None, tuple[str, int]]:
    """Sequences and the lines they begin on by the first word of their heading; None for a file without headings."""
    found: dict[str | None, tuple[str, int]] = {}
    name: str | None = None
    parts: list[str] = []
    begin = 1

    def close() -> None:
        if parts:
            found[_fresh(name, found)] = ("".join(parts), begin)

    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(">"):
            close()
            name, parts, begin = (line[1:].split() or [f"record {len(found) + 1}"])[0], [], number + 1
        elif not line.startswith(";"):  # a comment, in older files
            letters = "".join(line.split())
            if not _LEGAL.fullmatch(letters.upper()) or not letters.isascii():
                odd = next(one for one in letters if not one.isascii() or not _LEGAL.fullmatch(one.upper()))
                raise BadFile(
                    f"Row {number} of the file holds {shown(odd)}, which is no symbol of a sequence; take it out, or save the "
                    "numbers as CSV."
                )
            if letters:
                parts.append(letters)
    close()
    return found


def _fresh(name: str | None, found: Mapping[str | None, Any]) -> str | None:
    wanted, n = name, 1
    while name in found:
        n += 1
        name = f"{wanted} ({n})"
    return name


def _picked(records: dict[str | None, tuple[str, int]], wanted: str | None) -> tuple[str | None, str, list[Finding]]:
    if not records:
        raise BadFile("The file has headings and no sequence below them; choose one with letters in it.")
    names = [name for name in records if name is not None]
    listed = ", ".join(f"{name!r} ({len(records[name][0]):,})" for name in names[:8])
    listed += f" and {len(names) - 8:,} more" if len(names) > 8 else ""
    if wanted is not None and wanted not in records:
        raise BadFile(f"record={wanted!r} is not in the file; it holds {listed or 'one sequence without a name'}.")
    name = wanted if wanted is not None else max(records, key=lambda one: len(records[one][0]))
    if len(records) == 1 or wanted is not None:
        return name, records[name][0], []
    message = f"The file holds {len(records):,} sequences (name and length: {listed}); the longest, {name!r}, was read."
    return name, records[name][0], [finding("records", message, count=len(records))]


def _is_nucleic(letters: np.ndarray[Any, Any], bases: str) -> bool:
    """Nine in ten are bases and the rest are codes for several of them."""
    counts = Counter(dict(zip(*(part.tolist() for part in np.unique(letters, return_counts=True)), strict=True)))
    known = sum(counts[ord(base)] for base in bases)
    codes = {ord(code) for code in (*_SHARES, *bases)}
    return set(counts) <= codes and known >= 0.5 * len(letters) and sum(counts[ord(b)] > 0 for b in bases) > 1


def _one_hot(letters: np.ndarray[Any, Any], symbols: list[str], kind: str | None) -> np.ndarray[Any, Any]:
    rows = np.zeros((256, len(symbols)))
    for k, symbol in enumerate(symbols):
        rows[ord(symbol), k] = 1.0
    if kind:
        for code, bases in _SHARES.items():
            for base in bases:
                rows[ord(code), symbols.index("U" if base == "T" and kind == "RNA" else base)] = 1 / len(bases)
    return rows[letters]


def _about(letters: np.ndarray[Any, Any], symbols: list[str], kind: str | None) -> list[Finding]:
    codes, counts = np.unique(letters, return_counts=True)
    told = ", ".join(f"{chr(code)} {count:,}" for code, count in zip(codes.tolist(), counts.tolist(), strict=True))
    what = f"{counted(len(letters), 'symbol')}{f' of {kind}' if kind else ''}"
    notes = [finding("symbols", f"{what}, a column of 0 and 1 each: {told}.", count=len(letters))]
    open_ = np.flatnonzero(~np.isin(letters, [ord(symbol) for symbol in symbols]))
    if len(open_):
        places = row_list(open_ + 1)
        message = (
            f"{counted(len(open_), 'place')} where the base is open, such as {chr(letters[open_[0]])!r} ({places}); each base "
            "that it may be gets its share."
        )
        notes.append(finding("open-symbols", message, open_ + 1))
    return notes
