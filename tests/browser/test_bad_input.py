"""Files that go wrong, or look as if they would, through the real uploader: a sentence or a series, never a traceback."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SLOW, Server, end_all_runs, epochs_done, wait_until
from tests.browser.test_main_job import button, traces, upload
from tests.browser.test_reload_and_tabs import query

pytestmark = pytest.mark.browser

SAW = [k * 7 % 13 for k in range(200)]


@pytest.fixture
def page(server: Server, open_page: Callable[..., Page]) -> Iterator[Page]:
    opened = open_page(server.url)
    expect(button(opened, "Train")).to_be_enabled(timeout=SLOW * 1000)
    yield opened
    end_all_runs(server)
    assert opened.problems == []  # type: ignore[attr-defined]


def write_workbook(path: Path) -> Path:
    """The least that makes a .xlsx file: a zip with its table of contents."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return path


def write_picture(path: Path) -> Path:
    """A PNG of one grey pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0\x80")) + chunk(b"IEND", b""))
    return path


def write(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(content.encode(encoding))
    return path


def heading(page: Page) -> str:
    return page.locator(".st-key-heading").get_by_test_id("stHeading").inner_text()


def expect_heading(page: Page, text: str) -> None:
    """The heading has this text; in what looks like an address an invisible joiner may stand, which keeps it text."""
    pattern = re.compile("\u2060?".join(re.escape(letter) for letter in text))
    expect(page.locator(".st-key-heading").get_by_test_id("stHeading")).to_contain_text(pattern, timeout=SLOW * 1000)


def points_drawn(page: Page) -> int:
    return traces(page, "prediction_chart").get("actual", 0)


def test_each_refused_file_gets_its_sentence_and_the_chosen_series_stays(page: Page, tmp_path: Path) -> None:
    upload(page, write(tmp_path / "good one.csv", "height\n" + "\n".join(map(str, SAW))))
    expect_heading(page, "good one · height")
    address = query(page)
    assert "data" in address
    refused = {
        write(tmp_path / "empty.csv", ""): "is empty",
        write_workbook(tmp_path / "book.xlsx"): "The workbook is damaged",
        write_workbook(tmp_path / "book named.csv"): "The workbook is damaged",
        write_picture(tmp_path / "picture.png"): "is a picture",
        write(tmp_path / "header.csv", "time,value\n"): "no rows below it",
        write(tmp_path / "texts.csv", "who,$a$ $b$\n" + "*Anna*,<b>Rome</b>\n" * 20): "column '$a$ $b$', for example",
        write(tmp_path / "one row.csv", "time,value\n2024-01-01,3\n"): "one row of data",
    }
    sentence = page.get_by_test_id("stSidebar").get_by_test_id("stAlert")
    before = ""
    for path, words in refused.items():
        upload(page, path)
        if words == before:  # the same sentence again proves nothing until it has gone
            expect(page.get_by_test_id("stFileUploader").first).to_contain_text(path.stem, timeout=SLOW * 1000)
        expect(sentence).to_contain_text(words, timeout=SLOW * 1000)
        before = words
        assert "Traceback" not in page.content()
        assert_nothing_is_rendered(page)
        assert heading(page) == "good one · height", path.name
        assert query(page) == address, path.name
    expect(button(page, "Train")).to_be_enabled()

    upload(page, write(tmp_path / "good again.csv", "depth\n" + "\n".join(map(str, SAW))))
    expect_heading(page, "good again · depth")
    expect(sentence).to_have_count(0)


def test_too_few_rows_to_train_on_are_shown_with_what_to_change(page: Page, tmp_path: Path) -> None:
    upload(page, write(tmp_path / "two rows.csv", "time,value\n2024-01-01,3\n2024-01-02,4\n"))
    expect_heading(page, "two rows · value")
    expect(page.get_by_test_id("stSidebar").get_by_test_id("stAlert")).to_contain_text("2 records")
    expect(button(page, "Train")).to_be_disabled()


def test_utf_16_with_semicolons_and_decimal_commas_is_read(page: Page, tmp_path: Path) -> None:
    rows = "".join(f"{1 + k % 28:02d}.{1 + k // 28:02d}.2023;{value},5\n" for k, value in enumerate(SAW))
    upload(page, write(tmp_path / "messung.csv", f"Datum;Größe\n{rows}", "utf-16"))
    expect_heading(page, "messung · Größe")
    wait_until(lambda: points_drawn(page) == len(SAW), SLOW, "the whole series in the chart")
    drawn = page.evaluate(
        "() => Array.from(document.querySelector('.st-key-prediction_chart .js-plotly-plot').data[0].y.slice(0, 5))"
    )
    assert drawn == [value + 0.5 for value in SAW[:5]]


def test_sixty_columns_can_be_chosen_from(page: Page, tmp_path: Path, rng: np.random.Generator) -> None:
    values = rng.normal(size=(120, 60)).round(3)
    rows = "\n".join(",".join(map(str, row)) for row in values.tolist())
    upload(page, write(tmp_path / "wide.csv", ",".join(f"sensor {k}" for k in range(60)) + "\n" + rows))
    expect_heading(page, "wide · sensor 0")
    inputs = page.get_by_test_id("stSidebar").get_by_role("combobox", name="Feed in as well")
    inputs.click()
    inputs.fill("sensor 59")
    page.get_by_role("option", name="sensor 59", exact=True).click()
    page.keyboard.press("Escape")
    wait_until(lambda: query(page).get("input") == ["sensor 59"], SLOW, "the input in the link")
    button(page, "Train").click()
    wait_until(lambda: epochs_done(page) >= 1, SLOW, "the first epoch on two of sixty columns")


def test_names_are_plain_text_whatever_signs_they_have(page: Page, server: Server, tmp_path: Path) -> None:
    names = ["<b>x</b>", "$a_b$", "[link](http://127.0.0.1/x)"]
    days = np.arange("2023-01-01", "2024-01-01", dtype="datetime64[D]")
    rows = "".join(f"{day},{value},{value * 2},{value * 3}\n" for day, value in zip(days, SAW, strict=False))
    file_name = ("*a* _b_ $c$ <i>d `e` " + "n" * 200)[:196]  # with its ending as long as most file systems allow
    upload(page, write(tmp_path / f"{file_name}.csv", ",".join(["$day$ <i>", *names]) + "\n" + rows))
    expect_heading(page, "*a* _b_ $c$ <i>d `e` nn")
    for name in names:
        _choose_target(page, name)
        expect_heading(page, f"· {name}")
        title = page.locator(".st-key-prediction_chart .ytitle")
        expect(title).to_have_text(name, timeout=SLOW * 1000)
        assert not title.locator("[style*='bold'], a").count()
        wait_until(lambda: points_drawn(page) == len(SAW), SLOW, "the chart of that column")
    button(page, "Train").click()
    shown = page.get_by_test_id("stProgress")
    wait_until(lambda: any(word in shown.inner_text() for word in ("Done", "Stopped")), SLOW, "the end of the run")
    assert_nothing_is_rendered(page)

    page.get_by_role("link", name="Data", exact=True).click()
    understood = page.get_by_role("heading", name="What was understood of")
    expect(understood).to_contain_text("*a* _b_ $c$ <i>d `e` nn", timeout=SLOW * 1000)
    wait_until(lambda: traces(page, "series_chart") != {}, SLOW, "the chart on the Data page")
    assert_nothing_is_rendered(page)


def _choose_target(page: Page, name: str) -> None:
    """Make this column the only one to predict."""
    box = page.get_by_test_id("stSidebar").get_by_test_id("stMultiSelect").first
    remove = box.get_by_role("button", name="Remove ")
    expect(remove).to_have_count(1, timeout=SLOW * 1000)
    before = [one.get_attribute("aria-label") for one in remove.all()]
    if before == [f"Remove {name}"]:
        return
    box.get_by_role("combobox").click()
    page.get_by_role("option", name=name, exact=True).click()
    page.keyboard.press("Escape")
    expect(remove).to_have_count(2, timeout=SLOW * 1000)
    for label in before:
        box.get_by_role("button", name=label, exact=True).click()
    expect(remove).to_have_count(1, timeout=SLOW * 1000)


def assert_nothing_is_rendered(page: Page) -> None:
    """No sign of a name has become a formula, a link or an element."""
    made = page.get_by_test_id("stApp").locator(
        ".katex, a[href*='127.0.0.1/x'], [data-testid=stMarkdownContainer] :is(b, i)"
    )
    assert made.evaluate_all("nodes => nodes.map(node => node.parentElement.outerHTML.slice(0, 300))") == []


def test_two_hundred_thousand_rows_are_drawn_and_trained_on(page: Page, tmp_path: Path) -> None:
    wave = np.sin(np.arange(200_000) / 50).round(4)
    upload(page, write(tmp_path / "long.csv", "wave\n" + "\n".join(map(str, wave.tolist()))))
    expect_heading(page, "long · wave")
    wait_until(lambda: 500 < points_drawn(page) <= 2000, SLOW, "the thinned series")
    expect(page.get_by_test_id("stSidebar")).to_contain_text("200,000 records")
    button(page, "Train").click()
    # One epoch takes a while here: the bar must move within it.
    wait_until(lambda: _progress(page) > 0 or epochs_done(page) >= 1, SLOW, "the progress within the first epoch")
    button(page, "Stop").click()
    wait_until(lambda: "Stopped" in page.get_by_test_id("stProgress").inner_text(), SLOW, "the stop")


def _progress(page: Page) -> float:
    return float(page.get_by_test_id("stProgress").get_by_role("progressbar").get_attribute("aria-valuenow") or 0)
