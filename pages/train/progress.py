"""State, epoch, pace and what is left."""

from __future__ import annotations

import streamlit as st

from rnn.runs.records import Run
from rnn.ui import session, store_notice
from rnn.ui.run_history import Seen
from rnn.ui.wording import moment_of, number_in_words, seconds_in_words

STATE_WORDS = {
    "queued": ":gray-badge[:material/hourglass_top: Waiting]",
    "running": ":blue-badge[:material/autorenew: Training]",
    "paused": ":gray-badge[:material/pause: Paused]",
    "interrupted": ":orange-badge[:material/power_off: Interrupted]",
    "done": ":green-badge[:material/check: Done]",
    "early-stop": ":green-badge[:material/check: Stopped early]",
    "stopped": ":gray-badge[:material/stop: Stopped]",
    "diverged": ":red-badge[:material/error: Diverged]",
    "failed": ":red-badge[:material/error: Failed]",
}


def draw(run: Run | None, seen: Seen | None) -> None:
    if run is None or seen is None:
        st.progress(0.0, text="Press **Train**: losses and predictions appear here as the network learns.")
        store_notice.draw_problems()
        return
    total = session.epochs_wanted(run)
    with st.container(horizontal=True, vertical_alignment="center", key="progress"):
        st.progress(share_of(run, total), text=" · ".join(_parts(run, seen, total)))
        st.page_link("inside/page.py", label="See inside", icon=":material/biotech:")
    if run.message and run.state in ("interrupted", "failed"):
        st.warning(run.message, icon=":material/info:")
    store_notice.draw_problems()


def share_of(run: Run, total: int) -> float:
    """How much of the run is done; while it goes on, of both trainings where there is a second one."""
    if run.active and run.config.refit:
        return min(1.0, max(0.0, 1 - run.epochs_left / max(2 * run.config.epochs, 1)))
    share = run.batch / run.batches if run.batches and run.active else 0.0
    return min(1.0, (run.epoch + share) / max(total, 1))


def _parts(run: Run, seen: Seen, total: int) -> list[str]:
    parts = [STATE_WORDS[run.state], f"epoch **{run.epoch:,}** of {total:,}"]
    if run.learning_again and run.batches:
        parts.append(f"once more on all records: **{run.batch / run.batches:.0%}**")
    if run.state == "queued":
        parts.append(f"place **{session.store().queue_place(run.id)}** in the queue")
    if run.state == "early-stop":
        parts.append(f"no better validation loss for {run.config.patience} epochs")
    if run.seconds_per_epoch is not None:
        parts.append(f"{seconds_in_words(run.seconds_per_epoch)} an epoch")
    if run.active and run.eta_seconds is not None and run.epoch:
        parts.append(f"about **{seconds_in_words(run.eta_seconds)}** left")
    if seen.epochs:
        last = seen.history[-1]
        parts.append(f"loss {number_in_words(last.train_loss)} training, {number_in_words(last.val_loss)} validation")
    if run.epoch:
        kept = "" if run.active else ", whose weights are kept"
        best = f"best epoch {run.best_epoch:,}{kept}" if run.best_epoch else f"best at {moment_of(0)}"
        parts.append(best)
    return parts
