"""The orders that stand for a run at work, read between batches."""

from __future__ import annotations

import time

from rnn.core.train import Trainer
from rnn.runs.entries import AppliedChange
from rnn.runs.patience import Patience
from rnn.runs.store import Store

ORDERS_GAP = 0.025  # seconds between looks


class Orders:
    """Of one run. Where they cannot be read, training goes on as it was told last."""

    def __init__(self, store: Store, run_id: str) -> None:
        self.patience = Patience()  # with the store
        self._store, self._run_id, self._due = store, run_id, 0.0

    @property
    def due(self) -> bool:
        """Whether it is time to look again."""
        return time.monotonic() >= self._due

    def news(self) -> dict[str, float | None] | None:
        """Kind → value of all that stand; None where the store fails."""
        orders = self.patience.get(lambda: self._store.orders(self._run_id))
        self._due = time.monotonic() + max(ORDERS_GAP, self.patience.wait)
        return orders


def carry_out(trainer: Trainer, field: str, ordered: float) -> AppliedChange:
    """Change lr or epochs as ordered, from the next batch on."""
    state, old = trainer.state, getattr(trainer.config, field)
    if field == "lr":
        trainer.change(lr=ordered)
    else:
        # Fewer than are done or begun: the epoch in progress is the last.
        trainer.change(epochs=max(int(ordered), state.epoch + (state.batch > 0), 1))
    return AppliedChange(state.epoch + 1, state.batch, field, old, getattr(trainer.config, field), ordered)
