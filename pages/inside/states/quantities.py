"""What can be seen of a unit along a window: its state, and for gated cells the gates and the cell state."""

from __future__ import annotations

from dataclasses import dataclass

from rnn.ui.figures import UNBOUNDED


@dataclass(frozen=True)
class Quantity:
    """activation: what the numbers have gone through, "" for the config's own. meaning: what it does, a clause."""

    name: str
    activation: str
    meaning: str = ""


# Cell → letter, as in `rnn.core.inspection.GATES` → what it is; in the order in which a reader wants them.
QUANTITIES: dict[str, dict[str, Quantity]] = {
    "elman": {"h": Quantity("State", "")},
    "gru": {
        "h": Quantity("State h", "tanh"),
        "z": Quantity("Update gate z", "sigmoid", "how much of the old state is kept; near 1 the unit remembers"),
        "r": Quantity("Reset gate r", "sigmoid", "how much of the old state the candidate may see"),
        "n": Quantity("Candidate n", "tanh", "the new state that the update gate mixes in"),
    },
    "lstm": {
        "h": Quantity("State h", "tanh"),
        "c": Quantity("Cell state c", UNBOUNDED, "the memory itself, carried from step to step by the forget gate"),
        "f": Quantity("Forget gate f", "sigmoid", "how much of the cell state is kept; near 1 the unit remembers"),
        "i": Quantity("Input gate i", "sigmoid", "how much of the candidate is written"),
        "g": Quantity("Candidate g", "tanh", "what could be written to the cell state"),
        "o": Quantity("Output gate o", "sigmoid", "how much of the cell state shows in the state"),
    },
}
