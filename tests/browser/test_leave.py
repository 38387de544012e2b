"""Every file that a run can leave as, downloaded in a real browser and put to use; and the way back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import safetensors.numpy
from playwright.sync_api import Browser, Page, expect

import rnn
from rnn.core.config import Config
from rnn.data import read_csv
from rnn.export import config_from_toml, settings_in, to_torch, weights_from_bytes
from rnn.export.bundle import fit_in_zip
from rnn.export.script import Source
from rnn.runs.store import Store
from rnn.ui.takeaway import OFFERS
from tests.browser.conftest import SLOW, Server, wait_until
from tests.browser.test_main_job import button
from tests.browser.test_pages_look_right import wait_until_settled
from tests.export.test_onnx import CLOSE, fed
from tests.export.test_script import EXACT, losses, run_script
from tests.ui.test_takeaway import FILE, of_file

pytestmark = pytest.mark.browser

CONFIG = Config(cell="gru", hidden=4, window=8, epochs=5, patience=None, seed=3)
NAME = "On its way: 1"


@pytest.fixture(scope="module")
def shelf(server: Server) -> Iterator[Store]:
    with Store(f"sqlite:///{server.folder / 'unroll.sqlite'}") as store:
        yield store


@pytest.fixture(scope="module")
def run_id(shelf: Store) -> str:
    """Trained by the server's worker on a file that was uploaded."""
    key = shelf.add_series(read_csv(FILE, name="Sales 2024").series(target="sales"), **of_file(shelf))
    run = shelf.add_run(CONFIG, key, session="b", name=NAME)
    wait_until(lambda: (found := shelf.run(run)) is not None and found.state == "done", SLOW, "the run")
    return run


@pytest.fixture(scope="module")
def files(server: Server, run_id: str, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each offer, downloaded by its button."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page, folder = context.new_page(), tmp_path_factory.mktemp("downloads")
    page.goto(f"{server.url}/runs?runs={run_id}")
    wait_until_settled(page)
    page.get_by_text("Take away", exact=True).click()
    found = {}
    for name, offer in OFFERS.items():
        with page.expect_download(timeout=SLOW * 1000) as waiting:
            button(page, offer.label).click()
        found[name] = folder / waiting.value.suggested_filename
        waiting.value.save_as(found[name])
    context.close()
    return found


def test_each_file_has_the_runs_name_and_its_own_ending(files: dict[str, Path]) -> None:
    assert {name: path.name for name, path in files.items()} == {
        name: f"On its way_ 1{offer.ending}" for name, offer in OFFERS.items()
    }


def test_script_and_notebook_print_the_same_final_loss(
    shelf: Store, run_id: str, files: dict[str, Path], tmp_path: Path
) -> None:
    last = shelf.epochs(run_id)[-1]
    cells = json.loads(files["notebook"].read_text("utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    for text in (files["script"].read_text("utf-8"), "\n\n".join(code)):
        printed = run_script(tmp_path, text, Source("Sales 2024.txt"), FILE)
        assert EXACT in printed and losses(printed) == (last.train_loss, last.val_loss)


def test_weights_and_network_say_what_the_run_says(shelf: Store, run_id: str, files: dict[str, Path]) -> None:
    fit = rnn.load(files["run"])
    assert fit.history == shelf.epochs(run_id) and rnn.load(files["everything"]).history == fit.history
    config, params = weights_from_bytes(files["weights"].read_bytes())
    assert config == CONFIG and all(np.array_equal(params[name], array) for name, array in fit.model.params.items())
    torch = safetensors.numpy.load(files["torch"].read_bytes())
    assert all(np.array_equal(torch[name], array) for name, array in to_torch(CONFIG, fit.model.params).items())
    network = onnxruntime.InferenceSession(files["onnx"].read_bytes(), providers=["CPUExecutionProvider"])
    feed, arguments = fed(fit.forecasting, fit.series)
    np.testing.assert_allclose(network.run(["forecast"], feed)[0], fit.forecasting.predict(*arguments), rtol=CLOSE)
    table = read_csv(files["series"].read_bytes()).series(target="sales")
    np.testing.assert_array_equal(table.values, fit.series.values)
    assert config_from_toml(files["settings"].read_bytes()) == settings_in(files["script"].read_bytes()) == CONFIG


def test_the_zip_comes_back_as_a_run(
    server: Server, shelf: Store, run_id: str, files: dict[str, Path], open_page: Callable[..., Page]
) -> None:
    before = {run.id for run in shelf.runs()}
    page = open_page(f"{server.url}/runs?runs={run_id}")
    wait_until_settled(page)
    button(page, "Open a file").click()
    page.locator("input[type=file]").set_input_files(files["weights"])
    expect(page.get_by_text("holds the weights of a network (gru, 4 units) and no run")).to_be_visible(
        timeout=SLOW * 1000
    )
    assert {run.id for run in shelf.runs()} == before
    wait_until_settled(page)
    button(page, "Open a file").click()
    page.locator("input[type=file]").set_input_files(files["everything"])
    expect(page.get_by_text("is here: 5 epochs, done")).to_be_visible(timeout=SLOW * 1000)
    (new,) = {run.id for run in shelf.runs()} - before
    assert shelf.epochs(new) == shelf.epochs(run_id) and shelf.run(new).series_hash == shelf.run(run_id).series_hash
    assert shelf.run(new).name == NAME and fit_in_zip(files["everything"].read_bytes())
    assert page.problems == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("offer", ["settings", "script", "weights"])
def test_settings_come_back_on_train(
    server: Server, files: dict[str, Path], open_page: Callable[..., Page], offer: str
) -> None:
    page = open_page(f"{server.url}/?data=nile&hidden=64&cell=elman")
    wait_until_settled(page, 0)
    page.get_by_test_id("stSidebar").get_by_role("button", name="Save", exact=True).click()
    page.get_by_test_id("stPopoverBody").locator("input[type=file]").set_input_files(files[offer])
    hidden = page.get_by_test_id("stSidebar").get_by_role("slider", name="Hidden units")
    expect(hidden).to_have_attribute("aria-valuetext", "4", timeout=SLOW * 1000)
    expect(page.get_by_text("was taken:")).to_be_visible(timeout=SLOW * 1000)
    assert page.problems == []  # type: ignore[attr-defined]
