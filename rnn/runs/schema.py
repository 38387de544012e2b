"""The tables of the store. What stands in them and how they are changed is said in `rnn.runs.store`.

Numbers only, JSON as text and safetensors as bytes: nothing here is ever unpickled. Moments are UTC seconds since 1970,
which every database keeps alike. Epoch rows have the fields of `rnn.core.events.Epoch` as columns.
"""

from __future__ import annotations

import dataclasses

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
)

from rnn.core.events import Epoch
from rnn.runs.text_types import CleanString, CleanText

# Grows when a table that older versions know changes, together with a step in `rnn.runs.migrations`. One that they do not know
# they leave alone, and a newer version makes it in their databases: that needs no other number.
SCHEMA_VERSION = 3

metadata = MetaData()


def _of_run() -> Column[str]:
    """The column that ties a row to its run, and lets it go with the run."""
    return Column("run_id", CleanString(32), ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)


# One row a fact about the database itself: its schema version, and the row that claims of the queue lock.
about = Table(
    "about",
    metadata,
    Column("key", CleanString(40), primary_key=True),
    Column("value", CleanText, nullable=False),
)

files = Table(
    "files",
    metadata,
    Column("hash", CleanString(64), primary_key=True),
    Column("name", CleanText, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),  # gzip
    Column("added", Double, nullable=False),
)

series = Table(
    "series",
    metadata,
    Column("hash", CleanString(64), primary_key=True),
    Column("file_hash", CleanString(64), ForeignKey("files.hash")),
    Column("reading", CleanText, nullable=False),  # JSON: the choices and the target that made the file this series
    Column("meta", CleanText, nullable=False),  # JSON: names, targets, time unit, …
    Column("arrays", LargeBinary, nullable=False),  # safetensors: times, values
    Column("added", Double, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", CleanString(32), primary_key=True),
    Column("name", CleanText, nullable=False),
    Column("session", CleanString(200), nullable=False),
    Column("config", CleanText, nullable=False),  # JSON, with the changes made in mid-run
    # Of the config, whose JSON a list of 10,000 runs has no time to read. leaks: the scaler saw what the run is judged on.
    Column("cell", CleanString(20), nullable=False, server_default=""),
    Column("leaks", Integer, nullable=False, server_default="0"),
    Column("has_test", Integer, nullable=False, server_default="0"),
    Column("series_hash", CleanString(64), ForeignKey("series.hash"), nullable=False),
    Column("state", CleanString(20), nullable=False),
    Column("reason", CleanString(20), nullable=False, default=""),
    Column("version", BigInteger, nullable=False, default=1),
    Column("created", Double, nullable=False),
    Column("queued", Double, nullable=False),
    Column("started", Double),
    Column("finished", Double),
    Column("worker", CleanString(200)),
    Column("heartbeat", Double),
    Column("epoch", Integer, nullable=False, default=0),
    Column("batch", Integer, nullable=False, default=0),
    Column("batches", Integer, nullable=False, default=0),
    Column("seconds_per_epoch", Double),
    Column("best_epoch", Integer),
    Column("best_rmse", Double),  # validation RMSE of that epoch, as in its row of `epochs`
    Column("last_finite_epoch", Integer),
    Column("parameter", CleanText),
    Column("step", BigInteger),
    Column("message", CleanText, nullable=False, default=""),
    Column("tested", Integer, nullable=False, server_default="0"),  # 1 once test_rmse is known, if only to be none
    Column("test_rmse", Double),  # of the weights of best_epoch, on the part that no choice was made by
    Index("runs_by_state", "state", "queued"),
    Index("runs_by_session", "session", "created"),
    Index("runs_by_age", "created"),
)

epochs = Table(
    "epochs",
    metadata,
    _of_run(),
    *(
        Column("epoch", Integer, primary_key=True, autoincrement=False)
        if field.name == "epoch"
        else Column(field.name, Double)  # NULL where the number is not a number: SQLite keeps no NaN
        for field in dataclasses.fields(Epoch)
    ),
)

# How the error travels back through time, at some of the epochs: see `rnn.runs.flow_record`.
flow = Table(
    "flow",
    metadata,
    _of_run(),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("arrays", LargeBinary, nullable=False),  # safetensors: norms, steps
)

# The latest of each kind: "checkpoint" (everything a run goes on from) and "preview" (its predictions).
snapshots = Table(
    "snapshots",
    metadata,
    _of_run(),
    Column("kind", CleanString(20), primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("meta", CleanText, nullable=False),  # JSON
    Column("arrays", LargeBinary, nullable=False),  # safetensors
)

# Epochs that a run has kept, to be looked at and to go on from; `rnn.runs.keeper` says which. place: 1 where the epoch has a
# place among those spread over the run, 0 where it stays only as long as it is the best or the newest.
kept = Table(
    "kept",
    metadata,
    _of_run(),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("best_epoch", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),  # bytes of its own parts
    Column("meta", CleanText, nullable=False),  # JSON: what else its training state is made of
)

# Their arrays. part: "params", "optimiser", or "best": those of an epoch that a run keeps, where they are not its params.
kept_arrays = Table(
    "kept_arrays",
    metadata,
    _of_run(),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("part", CleanString(20), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("arrays", LargeBinary, nullable=False),  # safetensors
)

# The runs that began from a kept epoch of another one, which may have been deleted since.
branches = Table(
    "branches",
    metadata,
    _of_run(),
    Column("parent", CleanString(32), nullable=False),
    Column("epoch", Integer, nullable=False),
)

# What users have asked of a run and no worker has done yet; done or withdrawn, the row goes.
commands = Table(
    "commands",
    metadata,
    _of_run(),
    Column("kind", CleanString(20), primary_key=True),
    Column("value", Double),
)

changes = Table(
    "changes",
    metadata,
    _of_run(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("epoch", Integer, nullable=False),
    Column("batch", Integer, nullable=False),
    Column("field", CleanString(20), nullable=False),
    Column("old", Double, nullable=False),
    Column("new", Double, nullable=False),
    Column("made", Double, nullable=False),
)

# Long computations that are no training: what was asked, how far it is, and in the end its result.
studies = Table(
    "studies",
    metadata,
    Column("id", CleanString(32), primary_key=True),  # the hash of kind and request
    Column("kind", CleanString(40), nullable=False),
    Column("request", CleanText, nullable=False),  # JSON
    Column("session", CleanString(200), nullable=False),
    Column("state", CleanString(20), nullable=False),
    Column("created", Double, nullable=False),
    Column("queued", Double, nullable=False),
    Column("started", Double),
    Column("finished", Double),
    Column("worker", CleanString(200)),
    Column("heartbeat", Double),
    Column("losses", Integer, nullable=False, default=0),  # workers that ended over it
    Column("done", Integer, nullable=False, default=0),
    Column("total", Integer, nullable=False, default=0),
    Column("note", CleanText, nullable=False, default=""),
    Column("error", CleanText, nullable=False, default=""),
    Column("result", LargeBinary),
    Index("studies_by_state", "state", "queued"),
)

# The runs that a study has led to. press: which press of the button it was; a second page that sees the same study end
# finds the run there.
sequels = Table(
    "sequels",
    metadata,
    _of_run(),
    Column("study_id", CleanString(32), nullable=False),
    Column("press", CleanString(40), nullable=False),
    UniqueConstraint("study_id", "press"),
)

# The lanes of races: ordinary runs of one series that started together.
races = Table(
    "races",
    metadata,
    _of_run(),
    Column("race_id", CleanString(32), nullable=False),
    Column("lane", Integer, nullable=False),
    UniqueConstraint("race_id", "lane"),
)
