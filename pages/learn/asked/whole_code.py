"""The code of the core, file by file, and the command that runs the article."""

from __future__ import annotations

import streamlit as st

from pages.learn.code import ROOT

FILES = {
    "The Elman cell and its BPTT": "rnn/core/cells/elman.py",
    "The GRU": "rnn/core/cells/gru.py",
    "The LSTM": "rnn/core/cells/lstm.py",
    "Layers put together": "rnn/core/network.py",
    "The training loop": "rnn/core/train.py",
    "The article as published": "rnn/core/article.py",
    "Its true gradient": "rnn/core/article_gradient.py",
    "Its faults mended": "rnn/core/article_mended.py",
}


def draw() -> None:
    st.code("python -m rnn article", language="bash")
    title = st.selectbox("Read", list(FILES), key="code_file")
    path = ROOT / FILES[title]
    st.caption(f"`{FILES[title]}`")
    st.code(path.read_text(encoding="utf-8"), line_numbers=True, height=420)
