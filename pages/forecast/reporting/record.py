"""Of the report: what was learned from, with which settings, and how to get the same again."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version
from typing import Any

from pages.forecast.reporting.cells import moment
from pages.forecast.reporting.command import command_of, script_of
from pages.forecast.reporting.subject import Subject
from pages.runs.settings import rows_of
from pages.train.progress import STATE_WORDS
from rnn import __version__
from rnn.data import BadFile
from rnn.data.repair.receipts import receipts_text
from rnn.data.samples import SAMPLES
from rnn.export.report import Part, Rows, Section, Verbatim, Words
from rnn.ui import chosen_series, session
from rnn.ui.chosen_series import Choice, choice_of_reading
from rnn.ui.run_history import COMPLETE
from rnn.ui.wording import frequency_in_words, moment_of, seconds_in_words

_ROLES = {
    "targets": "Predicted",
    "inputs": "Fed in",
    "known": "Known ahead",
    "static": "Static",
    "ids": "Series chosen",
}
MOST_NAMED = 40
LIBRARIES = ("numpy", "scipy", "pandas", "statsmodels", "utilsforecast")


def data(subject: Subject) -> Section:
    """The series, its file, and what became of every row of it."""
    store, key = session.store(), subject.run.series_hash
    reading, series = store.series_reading(key), subject.whole
    first, last = moment(series.times.min()), moment(series.times.max())
    facts = [("Series", series.name), ("Records", f"{len(series):,}"), ("Time", f"{first} to {last}")]
    if series.lengths:
        facts.insert(1, ("Series in it", f"{len(series.ids):,}, shown: {subject.fit.series.name}"))
    if series.frequency:
        facts.append(("Records come", frequency_in_words(series.frequency)))
    facts += [(label, _listed(reading[role])) for role, label in _ROLES.items() if reading.get(role)]
    if file := file_of(key, reading):
        facts.append(("File", file))
    facts.append(("Hash of the series", key))
    parts: list[Part] = [Rows(("", ""), facts)]
    choice = choice_of_reading(reading)
    if choice is None:
        parts.append(Words("The series was made in a script; there is no file to account for."))
    else:
        parts += _receipt(choice, series.name)
    return Section("Data", parts)


def _receipt(choice: Choice, name: str) -> list[Part]:
    try:
        return [Verbatim(receipts_text(chosen_series.receipt_of(choice), name=name).strip())]
    except (BadFile, LookupError) as error:
        return [Words(f"What became of the rows of the file can no longer be told: {error}")]


def file_of(series_hash: str, reading: dict[str, Any]) -> str:
    """The name of the file that the series came from; "" for none."""
    file_hash = session.store().series_file(series_hash)
    if file_hash:
        return session.store().file(file_hash).name
    sample = SAMPLES.get(reading.get("data", ""))
    return f"{sample.key} (a sample of Unroll)" if sample is not None else ""


def settings(subject: Subject) -> Section:
    """How it was trained, and every setting that means something."""
    run, fit = subject.run, subject.fit
    seconds = sum(epoch.seconds for epoch in fit.history)
    first = (
        f"{_state(run.state)}: {fit.state.epoch:,} epochs in {seconds_in_words(seconds)}; the weights are those of "
        f"{moment_of(fit.state.best_epoch)}. Seed {fit.config.seed}."
    )
    changed = [
        f"In mid-run, after batch {one.batch:,} of epoch {one.epoch:,}, {one.field} went from {one.old:g} to {one.new:g}."
        for one in subject.changes
    ]
    rows = rows_of(fit.config, session.DEFAULT_CONFIG, only=False)
    return Section("Settings", [*map(Words, (first, *changed)), Rows(("Setting", "This run", "Default"), rows)])


def _state(state: str) -> str:
    """ "Done" of the badge that pages draw."""
    return STATE_WORDS[state].rpartition(": ")[2].rstrip("]")


def again(subject: Subject) -> Section:
    """Versions, seed, and the command."""
    key = subject.run.series_hash
    reading = session.store().series_reading(key)
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    seed = subject.run.config.seed
    parts: list[Part] = [Words(f"Unroll {__version__} on Python {platform.python_version()}, {versions}; seed {seed}.")]
    if "data" not in reading:
        return Section(
            "The same again", [*parts, Words("The series came from a script, so there is no file to start from.")]
        )
    if subject.changes:
        parts.append(
            Words("Settings were changed in mid-run, so a run from the start gives other numbers.", "middling")
        )
    if subject.run.state not in COMPLETE:
        parts.append(Words("The run has not come to its end, so a run from the start may go further.", "middling"))
    return Section("The same again", [*parts, *_steps(subject, reading, _path(key, reading))])


def _steps(subject: Subject, reading: dict[str, Any], path: str | None) -> list[Part]:
    """path: of the file, None for a sample that is no file."""
    command = command_of(subject, reading, path) if path is not None else None
    beside = "With the file in the same folder" if _has_file(subject) else "In the folder of Unroll"
    told: list[Part] = [Words(f"{beside}, this prints the forecast:")]
    if command is None:
        return [*told, Verbatim(script_of(subject, reading, path))]
    told.append(Verbatim(command))
    if reading.get("repairs"):
        listed = json.dumps(reading["repairs"], indent=1, ensure_ascii=False)
        told += [Words("where repairs.json holds:"), Verbatim(listed)]
    return told


def _has_file(subject: Subject) -> bool:
    return session.store().series_file(subject.run.series_hash) is not None


def _path(series_hash: str, reading: dict[str, Any]) -> str | None:
    """The file's name as a command takes it; a sample's is where the package has it, if it is a file at all."""
    file_hash = session.store().series_file(series_hash)
    if file_hash:
        return session.store().file(file_hash).name
    sample = SAMPLES.get(reading["data"])
    return f"rnn/data/samples/{sample.file}" if sample is not None and sample.file else None


def _listed(names: Any) -> str:
    shown = [str(name) for name in names]
    more = f" and {len(shown) - MOST_NAMED:,} more" if len(shown) > MOST_NAMED else ""
    return ", ".join(shown[:MOST_NAMED]) + more
