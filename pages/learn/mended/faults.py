"""The faults of the published training in words, and the sets of mends that the page compares."""

from __future__ import annotations

from rnn.core.article_mended import MENDS

# Mend → the fault as published, and how it is mended.
FAULTS: dict[str, tuple[str, str]] = {
    "chain_rule": ("U and W move by the forward products", "U and W by the chain rule"),
    "slope": ("slope of σ taken as a (1 − a)", "slope of σ as h (1 − h)"),
    "last_step": ("the error enters at every step", "the error at the last step only"),
    "sums": ("sums over the steps are never reset", "each step counted once"),
    "truncate": ("the error goes back 5 steps", "the error back over the whole window"),
    "clip": ("each entry cut to ±10 at every step", "the gradient shortened to 10, once a record"),
    "start": ("weights start between 0 and 1", "a start with both signs (Glorot)"),
    "steps": ("rate 0.0001, records in order", "Adam, records in random order"),
}

ONE, ALL_BUT_ONE, ONE_MORE = "One at a time", "All but one", "One more each time"
VIEWS = (ONE, ALL_BUT_ONE, ONE_MORE)
Mended = tuple[str, ...]


def ordered(some: set[str]) -> Mended:
    """A set of mends in the order of `MENDS`, so that equal sets are equal."""
    return tuple(name for name in MENDS if name in some)


def variants(view: str) -> dict[Mended, str]:
    """Set of mends → what its row is called; the published run first, with everything mended last."""
    everything = set(MENDS)
    rows: dict[Mended, str] = {(): "Nothing: as published"}
    if view == ONE:
        rows |= {(name,): f"Only: {FAULTS[name][1]}" for name in MENDS}
    elif view == ALL_BUT_ONE:
        rows |= {ordered(everything - {name}): f"All but this: {FAULTS[name][0]}" for name in MENDS}
    else:
        so_far: set[str] = set()
        for name in MENDS:
            so_far |= {name}
            rows[ordered(so_far)] = f"And: {FAULTS[name][1]}"
    return {mended: label for mended, label in rows.items() if mended != ordered(everything)} | {
        ordered(everything): "Everything"
    }
