"""What is particular to PostgreSQL: addresses, and text that it does not take."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, inspect, text

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.runs.entries import Ending
from rnn.runs.store import Store
from tests.runs.test_contract import an_entry, claimed
from tests.runs.worker_by_hand import the

NASTY = "a\0b\ud800 é"  # no database takes all of it


def test_a_search_path_in_the_address_holds_from_first_to_last(postgres_url: str, series: Series) -> None:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA own"))
        connection.execute(text("CREATE TABLE about (another INTEGER)"))  # another program's
    with Store(f"{postgres_url}?options=-csearch_path%3Down") as store:
        store.wait_at_most(5.0)
        run_id = store.add_run(Config(), store.add_series(series), session="a")
    assert inspect(engine).get_table_names() == ["about"]
    assert "runs" in inspect(engine).get_table_names(schema="own")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT id FROM own.runs")).scalars().all() == [run_id]
    engine.dispose()


def test_text_that_no_database_takes_is_written_without_what_it_does_not_take(store: Store, series: Series) -> None:
    run_id = claimed(store, series)
    store.record(run_id, "worker", an_entry(ending=Ending("failed", NASTY)))
    assert the(store, run_id).message == "ab? é"
    other = store.add_run(Config(), store.add_series(series), session=NASTY, name=NASTY)
    assert (the(store, other).session, the(store, other).name) == ("ab? é", "ab? é")
    assert store.series(store.add_series(Series.from_values([1.0] * 50, name=NASTY))).name == NASTY


@pytest.mark.parametrize("strange", ["\0", "a\0", NASTY])
def test_what_a_damaged_link_asks_for_is_not_there(store: Store, strange: str) -> None:
    assert store.run(strange) is None and store.version(strange) is None and store.study(strange) is None
    assert store.race_of_run(strange) is None and store.shelf(session=strange) == []
    for look_up in (store.file, store.series):
        with pytest.raises(LookupError):
            look_up(strange)
