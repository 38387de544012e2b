"""One weight, chosen in its heat map or by numbers, moved by a slider or typed."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.inside.by_hand import standing
from pages.inside.by_hand.blocks import Block, blocks_of, column_names, entry_in_words, row_names
from pages.inside.by_hand.edits import Weight
from pages.inside.by_hand.scales import scale_of
from pages.inside.view import View
from rnn.core.network import Params
from rnn.ui.figures import alt_weights, weights_figure
from rnn.ui.figures.style import plain
from rnn.ui.figures.weights import MOST
from rnn.ui.live_chart import Pick, live_chart
from rnn.ui.wording import number_in_words

SIGMAS = 3
HEIGHT = 300


def draw(view: View, params: Params) -> None:
    """params: the weights with all edits, which is what the heat map shows."""
    network, cell = view.part.network, view.config.cell
    blocks = blocks_of(network)
    with st.container(key="by_hand_block"):
        block = st.selectbox(
            "Weights", blocks, index=blocks.index(Block("readout.W")), key=f"by_hand_block:{view.run.id}",
            persist_state="session",
            format_func=lambda one: one.label(network),
        )  # fmt: skip
    matrix = block.of(params, cell)
    row, column = _choose_entry(view, block, matrix.shape)
    controls, picture = st.columns([2, 3], gap="medium")
    with picture:
        _draw_map(view, block, matrix)
    with controls:
        _draw_entry(view, Weight(block, row, column), float(matrix[row, column]))


def _keys(view: View, block: Block) -> tuple[str, str]:
    which = f"{view.run.id}:{block.parameter}:{block.letter}"
    return f"by_hand_row:{which}", f"by_hand_column_of:{which}"


def _choose_entry(view: View, block: Block, shape: tuple[int, ...]) -> tuple[int, int]:
    """The entry that the fields hold; at first the largest."""
    keys = _keys(view, block)
    original = block.of(view.part.params, view.config.cell)
    largest = np.unravel_index(int(np.abs(original).argmax()), original.shape)
    model = view.fit.model
    words = (
        "Output" if block.parameter in ("readout.b", "skip.W") else "Unit",
        ("Output" if block.parameter == "readout.W" else "From"),
    )
    found = []
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="by_hand_entry"):
        for key, size, start, word, names in zip(
            keys, shape, largest, words, (row_names(block, model), column_names(block, model)), strict=True
        ):
            st.session_state.setdefault(key, int(start))
            if size > 1:
                st.number_input(
                    word, 0, size - 1, step=1, key=key, width=130, persist_state="session", help=_numbered(names)
                )
            found.append(int(st.session_state[key]))
    return found[0], found[1]


def _numbered(names: list[str]) -> str | None:
    """What the numbers of a field stand for, where they are not units."""
    if names[0] in ("unit 0", "1"):
        return None
    some = [f"{number}: {name}" for number, name in enumerate(names[:12])]
    more = f" … {len(names) - 1}: {names[-1]}" if len(names) > 12 else ""
    return "`" + ", ".join(some).replace("`", "'") + more.replace("`", "'") + "`"


def _draw_map(view: View, block: Block, matrix: np.ndarray) -> None:
    model = view.fit.model
    rows, columns = (_drawn(names) for names in (row_names(block, model), column_names(block, model)))
    axes = ("output" if rows else "unit", "output" if block.parameter == "readout.W" else "from")
    figure = weights_figure(matrix, row=axes[0], column=axes[1], row_names=rows, column_names=columns)
    live_chart(
        figure, key="by_hand_weights", identity=f"{view.identity}:{block.parameter}:{block.letter}",
        alt=alt_weights(matrix, name=block.parameter, row=axes[0], column=axes[1]), height=HEIGHT,
        on_pick=lambda pick: _pick(view, block, pick),
    )  # fmt: skip


def _drawn(names: list[str]) -> list[str]:
    """Units by their number alone."""
    return [] if names[0] in ("unit 0", "1") else names


def _pick(view: View, block: Block, pick: Pick) -> None:
    """Of several weights that are drawn as one, the one that gives it its colour."""
    matrix, model = block.of(view.part.params, view.config.cell), view.fit.model
    spans = [
        _span(text, _drawn(names), size)
        for text, names, size in zip(
            (pick.y, pick.x), (row_names(block, model), column_names(block, model)), matrix.shape, strict=True
        )
    ]
    if None in spans:
        return
    down, across = spans
    part = np.abs(matrix[down, across])
    at = np.unravel_index(int(part.argmax()), part.shape)
    for key, span, offset in zip(_keys(view, block), (down, across), at, strict=True):
        st.session_state[key] = span.start + int(offset)


def _span(text: float | str, names: list[str], size: int) -> slice | None:
    """The rows or columns that a label of `weights_figure` stands for."""
    step = -(-size // MOST)
    if names:
        drawn = [plain(name) for name in names[::step]]
        first = drawn.index(str(text)) * step if str(text) in drawn else None
    else:
        digits = str(text).partition("–")[0]
        first = int(digits) if digits.isdigit() else None
    return None if first is None or first >= size else slice(first, min(first + step, size))


def _draw_entry(view: View, weight: Weight, value: float) -> None:
    block, cell = weight.block, view.config.cell
    original = standing.neutral(view, weight)
    spread = float(block.of(view.part.params, cell).std()) or abs(original) or 1.0
    scale = scale_of(original - SIGMAS * spread, original + SIGMAS * spread)
    keys = [f"by_hand_{kind}:{view.run.id}:{view.part.member}:{weight}" for kind in ("weight", "weight_number")]
    for key in keys:
        st.session_state[key] = value
    st.markdown(entry_in_words(block, weight.row, weight.column, view.fit.model))
    st.slider(
        "Weight", min(scale.low, value), max(scale.high, value), step=scale.step, format=scale.format, key=keys[0],
        on_change=_take, args=(view, weight, keys[0]),
    )  # fmt: skip
    st.number_input(
        "Or type it", step=scale.step, format=scale.format, key=keys[1], on_change=_take, args=(view, weight, keys[1]),
    )  # fmt: skip
    st.caption(
        f"In the run it is {number_in_words(original)}. The slider goes {SIGMAS} standard deviations of these weights "
        f"({number_in_words(spread)}) to either side."
    )


def _take(view: View, weight: Weight, key: str) -> None:
    value = st.session_state[key]
    if value is not None and np.isfinite(value):
        standing.put_weight(view, weight, float(value))
