"""What is shown, in one quiet line: the epoch, its losses, the architecture."""

from __future__ import annotations

import streamlit as st

from pages.inside.at_epoch import AtEpoch
from rnn.core.config import Config
from rnn.runs.records import Run
from rnn.ui.error_unit import USUAL_STEPS, unit_of_stored
from rnn.ui.wording import number_in_words


def draw(run: Run, fit: AtEpoch) -> None:
    unit = unit_of_stored(run.series_hash)
    whose = " over all series" if unit is USUAL_STEPS else ""
    parts = [f"**{_which(run, fit.epoch)}**"]
    if run.state == "diverged":
        parts.append(f"**the run diverged in epoch {run.epoch + 1:,}**, so nothing later is kept")
    if losses := fit.losses:
        parts.append(
            f"loss {number_in_words(losses.train_loss)} training, {number_in_words(losses.val_loss)} validation"
        )
        parts.append(f"validation RMSE {number_in_words(losses.val_rmse)}{unit.after}{whose}")
    st.caption(" · ".join([*parts, architecture(fit.config)]), help=unit.meaning)


def _which(run: Run, epoch: int) -> str:
    best = run.best_epoch or 0
    if epoch == 0:
        return "Before training" + (", which no epoch has beaten" if best == 0 and run.epoch else "")
    rank = ""
    if epoch == best:
        rank = ", the best so far" if run.active else ", the best"
    elif epoch == run.epoch:
        rank = ", the newest" if run.active else ", the last"
    return f"Epoch {epoch:,} of {run.epoch:,}{rank}"


def architecture(config: Config) -> str:
    """lstm, 2 layers of 32 hidden units, 3 networks"""
    cell = f"elman, {config.activation}" if config.cell == "elman" else config.cell
    layers = f"{config.layers} layers of " if config.layers > 1 else ""
    networks = f", {config.seeds} networks" if config.seeds > 1 else ""
    return f"{cell}, {layers}{config.hidden:,} hidden units{networks}"
