"""The data doctor's section: findings with their pictures and remedies, the repairs that were chosen, the account of rows."""

from __future__ import annotations

import base64

import streamlit as st

from pages.data import repair_form
from rnn.data import BadFile, Receipt, Table
from rnn.data.doctor import Diagnosis, Remedy
from rnn.data.repair import REPAIRS, receipts_json, receipts_text, sum_line
from rnn.ui import config_form, repair_choice
from rnn.ui.chosen_series import Choice, receipt_of, repairs_of
from rnn.ui.figures.doctor import spot_svg
from rnn.ui.repair_preview import draw_preview
from rnn.ui.wording import escaped

_ICONS = {"problem": ":material/error:", "look": ":material/visibility:", "note": ":material/info:"}
_WORDS = {"problem": "Likely wrong", "look": "Worth a look", "note": "Good to know"}
PICTURE = (168, 48)  # pixels


def draw(table: Table, choice: Choice) -> None:
    st.markdown("##### Data doctor")
    if refused := st.session_state.get(repair_choice.REFUSED):
        st.error(escaped(refused, 600), icon=":material/block:")
    try:
        _draw_part(choice)
        diagnoses = repair_choice.diagnoses_of(choice)
        receipt = receipt_of(choice)
    except BadFile as error:
        st.error(escaped(str(error), 600), icon=":material/error:")
        _draw_repairs(choice, None)
        return
    if not diagnoses:
        st.caption("Nothing found: order, gaps, missing and odd values, units, stretches and levels look sound.")
    for number, diagnosis in enumerate(diagnoses):
        _draw_diagnosis(choice, diagnosis, number)
    _draw_repairs(choice, receipt)
    repair_form.draw(table, choice)


def _draw_part(choice: Choice) -> None:
    """Of many series, which one is looked at; repairs are done to each of them."""
    names = repair_choice.names_of_parts(choice)
    if len(names) > 1:
        st.selectbox(
            "Series to examine", names, key=repair_choice.PART, width=300,
            help="The findings are those of one series; a repair is done to every series that is learned from.",
        )  # fmt: skip


def _draw_diagnosis(choice: Choice, diagnosis: Diagnosis, number: int) -> None:
    place = f"finding-{number}"
    with st.container(border=True, key=f"doctor-{place}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            _draw_picture(diagnosis)
            with st.container(width="stretch"):
                st.markdown(
                    f"{_ICONS[diagnosis.severity]} {escaped(diagnosis.message, 600)}", help=_WORDS[diagnosis.severity]
                )
                _draw_remedies(diagnosis.remedies, place)
        shown = repair_choice.previewed()
        if shown and shown[1] == place:
            draw_preview(choice, shown[0])


def _draw_picture(diagnosis: Diagnosis) -> None:
    if diagnosis.picture is None:
        return
    width, height = PICTURE
    svg = spot_svg(diagnosis.picture.x, diagnosis.picture.y, diagnosis.picture.marked, width, height)
    # st.html strips SVG elements; as a background it stays, and its colours stand out on light and on dark.
    picture = base64.b64encode(svg.encode()).decode()
    label = (
        f"{diagnosis.kind}: {int(diagnosis.picture.marked.sum())} spots marked among {len(diagnosis.picture.y)} points"
    )
    with st.container(width=width):
        st.html(
            f'<div role="img" aria-label="{label}" style="width: {width}px; height: {height}px; '
            f'background: url(data:image/svg+xml;base64,{picture}) no-repeat center / 100% 100%"></div>'
        )


def _draw_remedies(remedies: tuple[Remedy, ...], place: str) -> None:
    shown = repair_choice.previewed()
    with st.container(horizontal=True, gap="small"):
        for k, remedy in enumerate(remedies):
            if remedy.repair is None:
                st.button(
                    escaped(remedy.label), key=f"set-{place}-{k}", help=remedy.why, icon=":material/tune:",
                    on_click=config_form.set_values, args=(dict(remedy.settings),),
                )  # fmt: skip
                continue
            looking = shown is not None and shown == (remedy.repair, place)
            st.button(
                escaped(remedy.label), key=f"look-{place}-{k}", help=escaped(remedy.why, 300), icon=":material/preview:",
                type="primary" if looking else "secondary",
                on_click=repair_choice.show_preview, args=(None if looking else remedy.repair, place),
            )  # fmt: skip


def _draw_repairs(choice: Choice, receipt: Receipt | None) -> None:
    """What is done to the data, in order: what was chosen, each with its undo, then what a series cannot do without."""
    repairs = repairs_of(choice)
    done = [one for one in receipt.repairs if not one.default] if receipt else [None] * len(repairs)
    for place, (repair, told) in enumerate(zip(repairs, done, strict=True)):
        with st.container(horizontal=True, vertical_alignment="center", key=f"repair-{place}"):
            st.button(
                "Undo", key=f"undo-{place}", icon=":material/undo:",
                on_click=repair_choice.remove, args=(place,), help="Takes this repair out; the others stay.",
            )  # fmt: skip
            sentence = told.sentence if told else REPAIRS[repair.kind].title
            st.markdown(f"**{place + 1}.** {escaped(sentence, 600)}", width="stretch")
    if receipt is None:
        return
    for told in (one for one in receipt.repairs if one.default):
        st.caption(f":material/auto_fix_high: By default: {escaped(told.sentence, 600)}")
    st.markdown(f":material/functions: {escaped(sum_line(receipt), 600)}.")
    with st.container(horizontal=True):
        if len(repairs) > 1:
            st.button("Undo all", icon=":material/restart_alt:", on_click=repair_choice.remove_all)
        _draw_downloads(choice, receipt)


def _draw_downloads(choice: Choice, receipt: Receipt) -> None:
    name = choice.data
    st.download_button(
        "Receipts (text)", receipts_text(receipt, name=name), f"{name}-receipts.txt", "text/plain",
        icon=":material/receipt_long:", on_click="ignore", help="What was done to the data, in order, with counts and rows.",
    )  # fmt: skip
    st.download_button(
        "Receipts (JSON)", receipts_json(receipt, name=name), f"{name}-receipts.json", "application/json",
        icon=":material/data_object:", on_click="ignore", help="The same for a program, with each repair's options.",
    )  # fmt: skip
