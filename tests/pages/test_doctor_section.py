"""The data doctor's section: findings, preview, apply, undo, a repair by hand; and what lives on in link and run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from rnn.data.repair import Repair, repairs_json
from rnn.runs.runner import runner, stop_runner
from rnn.ui import chosen_series, session
from rnn.ui.chosen_series import Choice, choice_of_reading, reading_of
from tests.pages.conftest import link_value

FILE = "day,sales\n" + "".join(
    f"2023-{1 + k // 28:02d}-{1 + k % 28:02d},{-999 if k in (40, 41) else 100 + (k * 37) % 11}\n" for k in range(300)
)


@pytest.fixture
def open_section(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """open_section(data=…, repairs=…): the section with these query parameters, run once."""
    monkeypatch.setenv("UNROLL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("UNROLL_DATABASE_URL", raising=False)
    stop_runner()
    st.cache_resource.clear()

    def _open(**query: str) -> AppTest:
        app = AppTest.from_file(str(Path(__file__).with_name("doctor_app.py")), default_timeout=30)
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    yield _open
    stop_runner()
    st.cache_resource.clear()


def upload() -> str:
    """The file in the store; its name as a choice's data."""
    from rnn.runs.packing import file_hash

    content = FILE.encode()
    runner().store.add_file("sales.csv", content)
    return f"file-{file_hash(content)}"


def texts(app: AppTest) -> str:
    return "\n".join(one.value.replace("\\", "") for one in (*app.markdown, *app.caption, *app.error))


def press(app: AppTest, label: str) -> None:
    next(one for one in app.button if one.label.replace("\\", "") == label).click().run()
    assert not app.exception


def test_a_finding_is_previewed_applied_and_undone(open_section) -> None:
    app = open_section(data=upload())
    assert not app.exception
    assert "2 values of 'sales' are -999" in texts(app)
    assert "300 rows in the file = 300 used + 0 left out." in texts(app)
    press(app, "Count -999 as missing")
    assert "2 values changed" in texts(app)
    press(app, "Apply")
    assert "2 values of 'sales' are -999" not in texts(app)
    assert "2 values of 'sales' missing" in texts(app)  # the next thing to decide on
    assert "By default: 2 missing values of 'sales' filled" in texts(app)
    (repair,) = json.loads(link_value(app, "repairs"))
    assert (repair["kind"], repair["options"]) == ("sentinel", {"values": [-999.0]})
    press(app, "Undo")
    assert "2 values of 'sales' are -999" in texts(app)
    assert "repairs" not in app.query_params


def test_a_link_brings_its_repairs_and_a_bad_one_is_told(open_section) -> None:
    data = upload()
    repairs = repairs_json([Repair("sentinel", "sales", {"values": [-999]}), Repair("trim", None, {"first_row": 12})])
    app = open_section(data=data, repairs=repairs)
    assert "300 rows in the file = 290 used + 10 left out (10 outside the range)." in texts(app)
    press(app, "Undo all")
    assert "300 used" in texts(app)
    bad = open_section(data=data, repairs='[{"kind": "explode"}]')
    assert not bad.exception
    assert "kind='explode' is not a repair" in bad.session_state["data_refused"]


def test_a_repair_by_hand(open_section) -> None:
    app = open_section(data=upload())
    app.selectbox(key="repair_kind").set_value("clip").run()
    app.number_input(key="repair_clip_low").set_value(0.0).run()
    press(app, "Preview")
    assert "2 values of 'sales' clipped to at least 0 (rows 42 and 43)" in texts(app)
    press(app, "Apply")
    assert json.loads(link_value(app, "repairs"))[0]["options"]["low"] == 0.0
    app.selectbox(key="repair_kind").set_value("grid").run()
    assert "“auto” takes for sales: sum, because its name speaks of an amount" in texts(app)
    app.selectbox(key="repair_kind").set_value("drop").run()
    app.text_input(key="repair_drop_rows").set_value("7 to 9").run()
    press(app, "Preview")
    assert any("must be row numbers such as 7 or 12" in one.value.replace("\\", "") for one in app.error)


def test_a_repair_that_leaves_no_series_is_refused(open_section) -> None:
    app = open_section(data=upload())
    app.selectbox(key="repair_kind").set_value("log").run()
    press(app, "Preview")
    assert any("is for values above zero" in one.value.replace("\\", "") for one in app.error)
    app.selectbox(key="repair_kind").set_value("trim").run()
    app.number_input(key="repair_trim_first_row").set_value(5000).run()
    press(app, "Preview")
    press(app, "Apply")
    assert any("Only 0 rows of 300 can be used" in one.value.replace("\\", "") for one in app.error)
    assert "repairs" not in app.query_params


def test_the_setting_for_growing_swings_is_taken_over(open_section) -> None:
    app = open_section(data="air-passengers")
    press(app, "Train on logarithms")
    assert app.session_state["log"] is True
    assert "repairs" not in app.query_params


def test_repairs_are_in_the_runs_record(open_section) -> None:
    repairs = repairs_json([Repair("trim", None, {"first_row": 40})])
    choice = Choice("nile", ("volume",), repairs=repairs)
    open_section(data="nile")
    assert len(chosen_series.series_of(choice)) == 100 - 38
    assert choice_of_reading(json.loads(json.dumps(reading_of(choice)))) == choice
    store = runner().store
    stored = store.add_series(chosen_series.series_of(choice), reading=reading_of(choice))
    assert choice_of_reading(session.store().series_reading(stored)) == choice
