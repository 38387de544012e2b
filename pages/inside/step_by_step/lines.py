"""A line of working: a formula, the same with its numbers, and what each symbol means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Line:
    """formula: LaTeX. numbers: Markdown, the result in bold. meanings: (LaTeX, half a sentence)."""

    formula: str
    numbers: str
    meanings: tuple[tuple[str, str], ...] = ()


def draw(lines: Sequence[Line]) -> None:
    """The lines, and beneath them their symbols, each once."""
    for line in lines:
        # Inline, not display, mathematics: it breaks between its terms where the screen is narrow.
        st.markdown(f"${line.formula}$  \n= {line.numbers}")
    symbols: dict[str, list[str]] = {}
    for symbol, meaning in dict(pair for line in lines for pair in line.meanings).items():
        symbols.setdefault(meaning, []).append(f"${symbol}$")
    if symbols:
        st.caption("\n".join(f"- {', '.join(own)}: {meaning}" for meaning, own in symbols.items()))
