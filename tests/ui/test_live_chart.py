"""The live chart in a real Chromium: it is drawn into, never replaced, and a user's zoom survives what streams in."""

from __future__ import annotations

import gzip
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from plotly.offline import get_plotlyjs

from rnn.ui.chart_message import message
from rnn.ui.figures import loss_figure
from rnn.ui.plotly_asset import ASSET_FOLDER, PLOTLY_NAME, SCRIPT_NAME

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
BOTH_DRAWN = "() => ['loss', 'prediction'].every((key) => window.__unrollMounts?.[key])"
RANGE = "(key) => document.querySelector(`.st-key-${key} .js-plotly-plot`)._fullLayout.xaxis.range.map(String)"


@contextmanager
def serving(*flags: str) -> Iterator[str]:
    """The demo application in a process of its own; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(HERE / "charts_app.py"), "--server.headless", "true"]
    paths = os.pathsep.join([*filter(None, [os.environ.get("PYTHONPATH")]), str(HERE.parents[1])])
    with subprocess.Popen(
        [*command, "--server.port", str(port), *flags],
        cwd=HERE.parents[1],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            _wait_for_port(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _wait_for_port(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the demo application did not start within 30 seconds")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as url:
        yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
    opened = context.new_page()
    opened.wrong = []
    opened.on("pageerror", lambda error: opened.wrong.append(str(error)))
    yield opened
    assert opened.wrong == []
    context.close()


def show(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_function(BOTH_DRAWN, timeout=30_000)


def counts(page: Page) -> tuple[dict[str, int], dict[str, int]]:
    return page.evaluate("[window.__unrollMounts, window.__unrollUpdates]")


def wait_for_updates(page: Page, more: int) -> None:
    goal = counts(page)[1]["loss"] + more
    page.wait_for_function(f"window.__unrollUpdates.loss >= {goal}", timeout=30_000)


def drag(page: Page, key: str) -> None:
    """Zooms into the middle third of a chart's x axis."""
    box = page.locator(f".st-key-{key} .nsewdrag").bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 3, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 2 / 3, y, steps=8)
    page.mouse.up()


def swipe_up(page: Page, x: float, y: float, pixels: float) -> None:
    """One finger, as the browser's own input sees it."""
    finger = page.context.new_cdp_session(page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 11):
        place = {"x": x, "y": y - pixels * step / 10}
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [place]})
        page.wait_for_timeout(16)
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(300)


def x_range(page: Page, key: str) -> list[str]:
    return page.evaluate(RANGE, key)


def test_twenty_updates_never_remount_or_blank_and_keep_zoom_and_legend(page: Page, address: str):
    show(page, f"{address}/?from=40")
    page.evaluate("""() => {
        window.kept = [...document.querySelectorAll('.js-plotly-plot')];
        window.blank = 0;
        const look = () => {
            if ([...document.querySelectorAll('.js-plotly-plot')].some((plot) => !plot.querySelector('.scatterlayer path')))
                window.blank += 1;
            requestAnimationFrame(look);
        };
        look();
    }""")
    drag(page, "loss")
    page.locator(".st-key-loss .legendtoggle").nth(1).click()
    page.wait_for_timeout(600)  # a double click would isolate the curve, so Plotly waits before it hides one
    zoomed = x_range(page, "loss")
    assert float(zoomed[1]) - float(zoomed[0]) < 25, "a third of 40 epochs and a few more"
    text = page.locator(".st-key-loss [role=img]").get_attribute("aria-label")

    wait_for_updates(page, 20)

    assert counts(page)[0] == {"loss": 1, "prediction": 1}
    assert page.evaluate("window.kept.length == 2 && window.kept.every((plot) => plot.isConnected)")
    assert page.evaluate("window.blank") == 0
    assert x_range(page, "loss") == zoomed
    hidden = "document.querySelector('.st-key-loss .js-plotly-plot')._fullData[1].visible"
    assert page.evaluate(hidden) == "legendonly"
    later = page.locator(".st-key-loss [role=img]").get_attribute("aria-label")
    assert int(re.search(r"at epoch (\d+);", later)[1]) >= int(re.search(r"at epoch (\d+);", text)[1]) + 20


# Every drawing takes 60 ms more, and the frame in which it is made is noted.
SLOW_DRAWINGS = """
    window.frames_of = {};
    let plotly;
    Object.defineProperty(window, "Plotly", {configurable: true, get: () => plotly, set(given) {
        const slow = (plot, ...rest) => {
            const key = plot.closest('[class*="st-key-"]').className.match(/st-key-(\\S+)/)[1];
            (window.frames_of[key] ??= []).push(document.timeline.currentTime);
            const end = performance.now() + 60;
            while (performance.now() < end);
            return given.react(plot, ...rest);
        };
        plotly = Object.create(given, {react: {value: slow}});
    }});
"""


def test_a_chart_that_is_drawn_shows_before_the_next_one_is_begun(page: Page, address: str):
    page.add_init_script(SLOW_DRAWINGS)
    page.goto(f"{address}/?from=40&running=0&still=1")
    charts = ("loss", "prediction", "forecast", "series", "empty")
    page.wait_for_function(f"() => {list(charts)}.every((key) => window.__unrollMounts?.[key])", timeout=60_000)
    frames = page.evaluate("window.frames_of")
    together = [frame for key in charts for frame in set(frames[key])]
    assert len(together) == len(set(together)), f"charts were drawn in one frame: {frames}"


def test_another_identity_resets_the_zoom_without_a_remount(page: Page, address: str):
    show(page, f"{address}/?from=40&running=0")
    whole = x_range(page, "prediction")
    drag(page, "prediction")
    page.get_by_text("view 2024").wait_for()
    assert x_range(page, "prediction") != whole
    page.get_by_text("Other run").click()
    page.get_by_text("view whole").wait_for()
    page.wait_for_function(f"({RANGE})('prediction').join() == '{','.join(whole)}'")
    assert counts(page)[0] == {"loss": 1, "prediction": 1}


def test_python_hears_the_zoom_sends_more_detail_and_hears_the_reset(page: Page, address: str):
    points = "document.querySelector('.st-key-prediction .js-plotly-plot')"
    inside = f"""() => {{ const plot = {points}, axis = plot._fullLayout.xaxis;
        const [lo, hi] = axis.range.map((bound) => axis.r2c(bound));
        return [plot.data[0].x.filter((x) => x >= lo && x <= hi).length, (hi - lo) / 3600e3]; }}"""
    show(page, f"{address}/?from=40&running=0")
    for _ in range(2):
        drag(page, "prediction")
        page.wait_for_timeout(900)
    page.get_by_text("view 2024").wait_for()
    drawn, hours = page.evaluate(inside)
    assert hours == pytest.approx(9600 / 9, rel=0.1)
    assert drawn == pytest.approx(hours, abs=3), "so zoomed in, every hour is drawn"
    box = page.locator(".st-key-prediction .nsewdrag").bounding_box()
    page.mouse.dblclick(box["x"] + 50, box["y"] + 50)
    page.get_by_text("view whole").wait_for()
    drawn, hours = page.evaluate(inside)
    assert hours > 9500
    assert drawn <= 2400


def test_python_hears_which_cell_was_clicked_each_time(page: Page, address: str):
    show(page, f"{address}/?from=5&running=0&pick=1")
    plot = page.locator(".st-key-weights .nsewdrag")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    third_column, first_row = box["x"] + box["width"] * 5 / 8, box["y"] + box["height"] / 6
    for clicks in (1, 2):
        page.mouse.move(third_column, first_row)
        page.wait_for_timeout(600)  # a second click within the time of a double click would be one
        page.mouse.click(third_column, first_row)
        page.get_by_text(f"picked {[('2', '0', 0)] * clicks}").wait_for(timeout=10_000)


def test_the_same_figure_again_draws_nothing(page: Page, address: str):
    show(page, f"{address}/?from=40&running=0")
    before = counts(page)[1]
    for _ in range(4):
        seen = counts(page)[1]["loss"]
        page.get_by_text("Log scale").click()
        page.wait_for_function(f"window.__unrollUpdates.loss === {seen + 1}", timeout=30_000)
    after = counts(page)[1]
    assert after["loss"] == before["loss"] + 4
    assert after["prediction"] == before["prediction"]


def test_a_change_of_theme_recolours_the_same_chart(page: Page, address: str):
    show(page, f"{address}/?from=40&running=0")
    ink = "getComputedStyle(document.querySelector('.st-key-loss .legendtext')).fill"
    grid = "getComputedStyle(document.querySelector('.st-key-loss .gridlayer path')).stroke"
    light = page.evaluate(f"[{ink}, {grid}]")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{ink} !== '{light[0]}'")
    dark = page.evaluate(f"[{ink}, {grid}]")
    assert _brightness(light[0]) < 80 < 180 < _brightness(dark[0])
    assert dark[1] != light[1]
    assert page.evaluate(f"{ink} === getComputedStyle(document.querySelector('.stApp')).color")
    assert counts(page)[0] == {"loss": 1, "prediction": 1}


def _brightness(colour: str) -> float:
    return sum(float(part) for part in re.findall(r"[\d.]+", colour)[:3]) / 3


def test_only_leaving_the_page_ends_a_chart(page: Page, address: str):
    """Streamlit also undoes calls that a newer message overtook, and then the chart must live on."""
    show(page, f"{address}/?from=5&running=0")
    figure = loss_figure([1, 2], [0.5, 0.4], None, log=False, unit="loss")
    content = message(figure, key="alone", identity="a", alt="Alone.", height=200)
    page.evaluate(
        """async ([folder, script, plotly, content]) => {
            const { draw } = await import(`${folder}/${script}`);
            window.place = document.body.appendChild(document.createElement("div"));
            const component = { data: new Uint8Array(content), parentElement: place, setStateValue() {} };
            window.undo = draw(component, `${folder}/${plotly}`);
            undo();
        }""",
        [f"{address}/{ASSET_FOLDER}", SCRIPT_NAME, PLOTLY_NAME, list(content)],
    )
    page.wait_for_function("window.__unrollMounts.alone === 1")
    page.evaluate("undo()")
    assert page.evaluate("(window.drawn = place.querySelector('.js-plotly-plot')) && drawn.isConnected")
    page.evaluate("place.remove(); undo()")
    assert page.evaluate("drawn._fullLayout === undefined"), "Plotly has let go of it"


def test_an_update_is_small_on_the_wire(browser: Browser, address: str):
    sizes: dict[str, list[int]] = {"loss": [], "prediction": []}

    def weigh(frame: bytes | str) -> None:
        for key, weights in sizes.items():
            if isinstance(frame, bytes) and f'"key":"{key}"'.encode() in frame:
                weights.append(len(frame))

    context = browser.new_context()
    page = context.new_page()
    page.on("websocket", lambda socket: socket.on("framereceived", weigh))
    show(page, f"{address}/?from=40")
    wait_for_updates(page, 5)
    context.close()
    loss, prediction = (sum(weights) / len(weights) for weights in sizes.values())
    print(f"\nbytes a message: loss of 40 epochs {loss:.0f}, prediction of 2,400 points {prediction:.0f}")
    assert loss < 5_000
    assert prediction < 40_000


def test_the_chart_follows_its_width_and_a_finger_scrolls_the_page(browser: Browser, address: str):
    context = browser.new_context(viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True)
    page = context.new_page()
    show(page, f"{address}/?from=40&running=0")
    box = page.locator(".st-key-loss .nsewdrag").bounding_box()
    before = x_range(page, "loss")
    swipe_up(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, 150)
    moved = page.locator(".st-key-loss .nsewdrag").bounding_box()
    assert moved["y"] < box["y"] - 100, "a finger on the chart scrolls the page"
    assert x_range(page, "loss") == before
    plots = page.locator(".js-plotly-plot .main-svg").evaluate_all(
        "all => all.map((svg) => svg.getBoundingClientRect().right)"
    )
    assert max(plots) <= 390
    legend = page.locator(".st-key-prediction .legend .bg").bounding_box()
    area = page.locator(".st-key-prediction .nsewdrag").bounding_box()
    assert legend["y"] + legend["height"] <= area["y"] + 1, "the legend stands above the plot"
    page.set_viewport_size({"width": 620, "height": 700})
    page.wait_for_function("document.querySelector('.st-key-loss .main-svg').getBoundingClientRect().width > 500")
    assert counts(page)[0] == {"loss": 1, "prediction": 1}
    context.close()


def test_without_its_library_the_chart_says_so(page: Page, address: str):
    page.route(f"**/{PLOTLY_NAME}", lambda route: route.abort())
    page.goto(f"{address}/?running=0&from=5")
    page.get_by_text("its drawing library did not load").first.wait_for()
    page.route(f"**/{ASSET_FOLDER}/live-chart*", lambda route: route.abort())
    page.goto(f"{address}/?running=0&from=5")
    page.get_by_text("its script did not load").first.wait_for()


def test_files_are_served_zipped_for_good_and_under_a_base_path(browser: Browser):
    with serving("--server.baseUrlPath", "lab/unroll") as url:
        at = f"{url}/lab/unroll/{ASSET_FOLDER}"
        request = urllib.request.Request(f"{at}/{PLOTLY_NAME}", headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request) as answer:
            assert "immutable" in answer.headers["Cache-Control"]
            body = answer.read()
        assert len(body) < 2_000_000
        assert gzip.decompress(body) == get_plotlyjs().encode()
        with pytest.raises(urllib.error.HTTPError, match="404") as missing:
            urllib.request.urlopen(f"{at}/passwd")
        missing.value.close()
        context = browser.new_context()
        show(context.new_page(), f"{url}/lab/unroll/?running=0&from=5")
        context.close()
