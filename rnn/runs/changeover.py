"""Going over from one store to another while the server runs: back to one that can be opened again, to a sound one made of what
can be read of a damaged one, or to a temporary one. One at a time, in a thread of its own, so that pages can watch it."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from sqlalchemy import URL

from rnn.runs.crossing import Crossed, bring_over
from rnn.runs.runner import Runner, change_runner, runner
from rnn.runs.salvage import BESIDE, Progress, Receipt, salvage, set_aside
from rnn.runs.stand_in import TemporaryStore, store_for_pages
from rnn.runs.store import Store
from rnn.runs.store_error import StoreError
from rnn.runs.store_trouble import STORE_ERRORS, place_of, sentence_of

log = logging.getLogger(__name__)
_numbers = count(1)


@dataclass
class Step:
    """kind: "reopen", "save" or "leave". share: of it that is done, 0 to 1. sentence: what came of it, once it is over;
    failed: whether everything is as it was before."""

    kind: str
    number: int = field(default_factory=lambda: next(_numbers))
    share: float = 0.0
    over: bool = False
    failed: bool = False
    sentence: str = ""


_last: Step | None = None
_lock = threading.Lock()


def last_step() -> Step | None:
    """The step that is being made, or was made last."""
    return _last


def forget() -> None:
    """Of the last step nothing is told any more."""
    global _last
    _last = None


def begin(kind: str, trouble: StoreError | None = None) -> Step:
    """Begin a step, unless one is being made: that one is returned then. trouble: for "save" and "leave", what is wrong with
    the store that the server is on."""
    global _last
    with _lock:
        if _last is not None and not _last.over:
            return _last
        _last = step = Step(kind)
    threading.Thread(target=_make, args=(step, trouble), name="changeover", daemon=True).start()
    return step


def _make(step: Step, trouble: StoreError | None) -> None:
    def told(share: float) -> None:
        step.share = share

    try:
        step.sentence = {"reopen": reopen, "save": save, "leave": leave}[step.kind](trouble, told)
    except (*STORE_ERRORS, OSError, LookupError) as error:
        log.exception("Going over to another store failed.")
        step.failed, step.sentence = True, sentence_of(error, place_of(runner().store.url))
    finally:
        step.over = True


def reopen(_trouble: StoreError | None = None, _told: Progress = lambda share: None) -> str:
    """Open the store that the settings name again, and go over to it with all runs of the temporary one. Returns what came of
    it; raises StoreError where it still cannot be opened."""
    old = runner()
    if not isinstance(old.store, TemporaryStore):
        return ""
    crossed = _go_over(old, store_for_pages)
    return f"The store {place_of(runner().store.url)} can be used again. {_brought(crossed)}".strip()


def save(trouble: StoreError | None = None, told: Progress = lambda share: None) -> str:
    """Set the damaged file aside, make a store of what can be read of it, and go over to that. Raises StoreError where there is
    no such file, and OSError where its folder may not be written."""
    old = runner()
    trouble = old.store.trouble if isinstance(old.store, TemporaryStore) else trouble
    if trouble is None or trouble.path is None or not trouble.salvageable:
        raise trouble or StoreError("There is no damaged file to be set aside.")
    path, receipts = trouble.path, []

    def renewed() -> Store:
        receipts.append(renew(path, told))
        return store_for_pages(_address(path))

    crossed = _go_over(old, renewed)
    return f"{receipts[0].sentence} {_brought(crossed)}".strip()


def renew(path: Path, told: Progress = lambda share: None) -> Receipt:
    """Put a store of what can be read in the place of a damaged one, which is set aside. Nothing is touched until the
    new one is complete."""
    new = path.with_name(f"{path.stem}.saving-{os.getpid()}{path.suffix}")
    _remove(new)
    try:
        with Store(_address(new)) as store:
            receipt = salvage(path, store, told)
        aside = set_aside(path)
        for end in BESIDE:
            if new.with_name(new.name + end).exists():
                new.with_name(new.name + end).rename(path.with_name(path.name + end))
    finally:
        _remove(new)
    return Receipt(aside, receipt.saved, receipt.lost, receipt.known, receipt.missing)


def leave(trouble: StoreError | None = None, _told: Progress = lambda share: None) -> str:
    """Leave a store that has failed while the server ran, for a temporary one."""
    old = runner()
    if isinstance(old.store, TemporaryStore):
        return ""
    store = TemporaryStore(trouble or StoreError("The store cannot be used."))
    old.stop()
    change_runner(store)
    old.store.close()
    return ""


def _go_over(old: Runner, opened: Callable[[], Store]) -> Crossed:
    """Let the workers of the old store write down what they have, open the new store, and go on there with what was at work. A
    temporary store is brought along and goes; where anything fails, the old one stays."""
    temporary = isinstance(old.store, TemporaryStore)
    at_work = _at_work(old.store) if temporary else []
    old.stop()
    try:
        store = opened()
        try:
            crossed = bring_over(old.store, store) if temporary else Crossed()
        except BaseException:
            store.close()
            raise
    except BaseException:
        old.start()
        raise
    for run_id in at_work:
        with contextlib.suppress(LookupError, *STORE_ERRORS):
            store.command(run_id, "resume")
    change_runner(store).nudge()
    old.stop()  # a page may have woken it meanwhile
    old.store.close()
    return crossed


def _at_work(store: Store) -> list[str]:
    return [run.id for run in store.runs(10_000) if run.state == "running"]


def _brought(crossed: Crossed) -> str:
    number = len(crossed.runs)
    if not number:
        return ""
    return (
        "The run of the temporary store came along."
        if number == 1
        else f"{number:,} runs of the temporary store came along."
    )


def _address(path: Path) -> str:
    return URL.create("sqlite", database=str(path)).render_as_string()


def _remove(path: Path) -> None:
    for end in BESIDE:
        path.with_name(path.name + end).unlink(missing_ok=True)
