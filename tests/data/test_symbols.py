"""DNA, RNA, proteins and other letters: one column a symbol, 1 where the symbol stands."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.data import BadFile, read_csv

DNA = "ACGTTGCAACGTTAGCATCGAATCGATCAGT"


def rows(table: object, text: str) -> None:
    """Every row has its 1 under the letter of `text` at that place."""
    frame = table.frame  # type: ignore[attr-defined]
    assert len(frame) == len(text)
    for place, letter in enumerate(text):
        assert frame.iloc[place].to_dict() == {symbol: float(symbol == letter) for symbol in frame}


@pytest.mark.parametrize(
    "content",
    [
        DNA, DNA + "\n", f">seq one\n{DNA}\n", f">s\n{DNA[:10]}\n{DNA[10:20]}\n{DNA[20:]}\n",
        f">s\r\n{DNA[:10]}\r\n{DNA[10:]}\r\n",
        f";old comment\n>s\n{DNA}", f">s\n{DNA.lower()}\n", f">s\n{DNA[:12].lower()}{DNA[12:]}\n", f"\ufeff>s\n{DNA}\n",
        f"\n>s\n{DNA[:10]} {DNA[10:20]} {DNA[20:]}\n",
    ],
)  # fmt: skip
def test_dna_however_it_is_written(content: str) -> None:
    table = read_csv(content.encode())
    assert (table.format, table.time, list(table.frame)) == ("symbols", None, ["A", "C", "G", "T"])
    rows(table, DNA)
    assert table.series().targets == ("A", "C", "G", "T")
    assert table.series("A", inputs=["C"]).targets == ("A",)
    assert read_csv(content.encode(), **table.choices).frame.equals(table.frame)


def test_counts_are_told() -> None:
    table = read_csv(DNA.encode())
    counts = ", ".join(f"{base} {DNA.count(base)}" for base in "ACGT")
    assert table.findings[0].message == f"31 symbols of DNA, a column of 0 and 1 each: {counts}."


def test_open_bases_are_shared_out() -> None:
    table = read_csv(f">s\n{DNA}NRB\n".encode())
    assert table.frame.iloc[-3].tolist() == [0.25, 0.25, 0.25, 0.25]
    assert table.frame.iloc[-2].tolist() == [0.5, 0, 0.5, 0]
    assert table.frame.iloc[-1].tolist() == pytest.approx([0, 1 / 3, 1 / 3, 1 / 3])
    assert (table.frame.sum(axis=1) - 1).abs().max() < 1e-12
    found = next(one for one in table.findings if one.kind == "open-symbols")
    assert found.rows == (32, 33, 34) and found.count == 3


def test_rna() -> None:
    table = read_csv(f">s\n{DNA.replace('T', 'U')}Y\n".encode())
    assert list(table.frame) == ["A", "C", "G", "U"]
    assert table.frame.iloc[-1].tolist() == [0, 0.5, 0, 0.5]


def test_proteins_and_other_letters_keep_their_own_alphabet() -> None:
    protein = "MKVLAAGIVGLCAKAYWDEFHIKLMNPQRSTVWYX*"
    table = read_csv(f">sp|P1|X\n{protein}\n".encode())
    assert list(table.frame) == sorted(set(protein))
    rows(table, protein)
    tones = "CDEFGABCDEFGABCCDDEEFFGGAABB"
    rows(read_csv(tones.encode()), tones)


def test_several_sequences() -> None:
    content = f">one first\n{DNA[:9]}\n>two second\n{DNA}\n>one\n{DNA[:5]}\n".encode()
    table = read_csv(content)
    assert table.choices["record"] == "two"
    rows(table, DNA)
    found = next(one for one in table.findings if one.kind == "records")
    assert "(name and length: 'one' (9), 'two' (31), 'one (2)' (5)); the longest, 'two', was read." in found.message
    rows(read_csv(content, record="one"), DNA[:9])
    with pytest.raises(BadFile, match=r"record='three' is not in the file; it holds 'one' \(9\)"):
        read_csv(content, record="three")


BAD = {
    "no letters": (b">s\n -\n", "one row of data"),
    "a digit": (b">s\nACGT\nAC7T\n", "Row 3 of the file holds '7', which is no symbol of a sequence"),
    "an accent": (">s\nACGT\nACÄT\n".encode(), "Row 3 of the file holds 'Ä'"),
    "one letter": (b">s\nA\n", "one row of data"),
}


@pytest.mark.parametrize("case", BAD)
def test_sequences_that_cannot_be_used(case: str) -> None:
    content, sentence = BAD[case]
    with pytest.raises(BadFile) as caught:
        read_csv(content)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"a,b\nx,y\nz,w\n", b"north\nsouth\neast\nwest\n", b"day\n", b"Donaudampfschifffahrt\n1\n2\n5\n"]
)
def test_words_are_no_symbols(content: bytes) -> None:
    try:
        assert read_csv(content).format == "csv"
    except BadFile as stopped:
        assert "symbol" not in str(stopped)


def test_a_long_sequence_is_quick() -> None:
    bases = np.frombuffer(b"ACGT", dtype=np.uint8)[np.random.default_rng(3).integers(0, 4, 2_000_000)].tobytes()
    table = read_csv(b">s\n" + b"\n".join(bases[k : k + 70] for k in range(0, len(bases), 70)))
    assert table.frame["G"].sum() == bases.count(b"G")
