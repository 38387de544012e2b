"""The part of the store that ties a run to the study that led to it."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from rnn.core.config import Config
from rnn.runs.fair_queue import insert_run
from rnn.runs.records import Study
from rnn.runs.schema import sequels
from rnn.runs.studies import find_study
from rnn.runs.study_ledger import StudyLedger


class Sequels(StudyLedger):
    """Runs that start by themselves when a study is done, each exactly once."""

    def add_sequel(
        self, study_id: str, press: str, config: Config, series_hash: str, *, session: str, name: str = ""
    ) -> str:
        """Put the run in the queue that this press of the button led to, unless another page has; returns its id.

        press: tells one press from the next, at most 40 letters. Raises LookupError for an unknown series.
        """
        self.series_file(series_hash)
        try:
            with self.write() as connection:
                query = select(sequels.c.run_id).where(sequels.c.study_id == study_id, sequels.c.press == press)
                if (found := connection.execute(query).scalar()) is not None:
                    return str(found)
                run_id = insert_run(connection, config, series_hash, session=session, name=name)
                connection.execute(insert(sequels), {"run_id": run_id, "study_id": study_id, "press": press})
                return run_id
        except IntegrityError:
            # Another page was a moment earlier, and this transaction is undone.
            with self.read() as connection:
                return str(connection.execute(query).scalar_one())

    def study_of_run(self, run_id: str) -> Study | None:
        """The study that led to the run; None where there was none, or it is not kept any more."""
        with self.read() as connection:
            study_id = connection.execute(select(sequels.c.study_id).where(sequels.c.run_id == run_id)).scalar()
            return None if study_id is None else find_study(connection, study_id, with_result=False)
