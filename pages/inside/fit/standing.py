"""How the epoch stands beside the best one, in words."""

from __future__ import annotations

import math

import streamlit as st

from pages.inside.view import View
from rnn.core.events import Epoch
from rnn.ui.wording import number_in_words


def draw(view: View) -> None:
    history = {one.epoch: one for one in view.fit.history}
    st.markdown(in_words(view.epoch, view.run.best_epoch or 0, history))


def in_words(epoch: int, best: int, history: dict[int, Epoch]) -> str:
    """history: epoch number → what was measured at its end."""
    here, top = history.get(epoch), history.get(best)
    if epoch == 0:
        after = (
            f" Epoch 1 brought the validation loss to {number_in_words(history[1].val_loss)}." if 1 in history else ""
        )
        return f"**Before training:** the network predicts with the weights that it was given at the start.{after}"
    if here is None:
        return f"Nothing has been measured at epoch {epoch:,}."
    if epoch == best:
        return f"**The best epoch:** no other has a lower validation loss than {number_in_words(here.val_loss)}.{_gap(here)}"
    if top is None:
        return f"No epoch has beaten the network as it was before training.{_gap(here)}"
    more = here.val_loss / top.val_loss - 1 if top.val_loss > 0 else math.nan
    beside = "as low as" if abs(more) < 0.0005 else f"{_percent(more)} above"
    course = (
        "is still to come" if epoch < best else f"lies {epoch - best:,} epoch{'s' if epoch - best > 1 else ''} back"
    )
    return (
        f"**Epoch {epoch:,}:** its validation loss is {beside} that of the best, epoch {best:,} "
        f"({number_in_words(top.val_loss)}), which {course}.{_gap(here)}"
    )


def _percent(more: float) -> str:
    if not math.isfinite(more):
        return "far"
    if more >= 9:
        return f"{more + 1:,.0f} times as high, far"
    return f"{100 * more:.{1 if more < 0.1 else 0}f} %"


def _gap(here: Epoch) -> str:
    """How validation and training compare at this epoch."""
    if not (here.train_loss > 0 and math.isfinite(here.val_loss)):
        return ""
    times = here.val_loss / here.train_loss
    if times > 1.05:
        return f" On validation the loss is {times:,.1f} times that on training, which it has learned from."
    if times < 0.95:
        return f" On validation the loss is lower than on training, {times:.2f} of it."
    return " On validation the loss is about that on training."
