"""Every page on PostgreSQL, with a finished run to show."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import create_engine, text
from streamlit.testing.v1 import AppTest

from rnn.runs.database import data_folder
from rnn.runs.runner import Runner, runner
from tests.pages.stored_runs import sunspots, trained

PAGES = {
    "train/page.py": {}, "data/page.py": {}, "forecast/page.py": {}, "race/page.py": {}, "runs/page.py": {},
    "inside/page.py": {}, "learn/page.py": {}, "lesson/page.py": {"lesson": "window"},
    "teach/page.py": {"draft": "lesson=window"},
}  # fmt: skip


@pytest.fixture
def open_on_postgres(
    postgres_url: str, open_app: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., AppTest]]:
    monkeypatch.setattr(Runner, "start", lambda runner: runner)
    monkeypatch.setenv("UNROLL_DATABASE_URL", postgres_url)
    yield open_app
    assert runner().store.url == postgres_url
    assert not list(data_folder().glob("*.sqlite")), "something was kept in a file"


def test_every_page_opens_with_a_finished_run(open_on_postgres: Callable[..., AppTest], postgres_url: str) -> None:
    run = trained(runner().store, sunspots(), "on PostgreSQL", hidden=4, epochs=3, window=12, test=0.1)
    for page, query in PAGES.items():
        deep = page.startswith(("lesson", "teach"))
        app = open_on_postgres(page, deep_link=deep, **({} if deep else {"run": run.id}), **query)
        assert not app.exception and not app.error, page
        assert app.get("html") or app.markdown, page
    app = open_on_postgres("runs/page.py", run=run.id, runs=run.id)
    assert list(app.dataframe[0].value["name"]) == ["on PostgreSQL"]
    assert app.dataframe[0].value["test"].notna().all()
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT tested FROM runs")).scalar_one() == 1
    engine.dispose()
