"""A second file with the future of the known columns: matched by name and by time, refused in a sentence."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.data import BadFile
from rnn.data.future_file import read_future

DAYS = np.datetime64("2024-03-01") + np.arange(5)
NAN = np.nan


def read(text: str, columns=("price", "promo"), times=DAYS, **more):
    return read_future(text.encode(), columns, times, name="second.csv", **more)


def test_columns_by_name_and_rows_by_time():
    found = read("promo,other,day,price\n1,9,2024-03-02,2.5\n0,9,2024-03-01,2\n")
    np.testing.assert_array_equal(found.values[:3], [[2, 0], [2.5, 1], [NAN, NAN]])
    assert found.columns == ("price", "promo")
    assert found.notes == ("It says what are 'price', 'promo' to step 2.",)


def test_another_spelling_of_numbers_and_dates():
    found = read("day;price\n01.03.2024;2,5\n13.03.2024;3,5\n02.03.2024;-1,25\n")
    np.testing.assert_array_equal(found.values[:2, 0], [2.5, -1.25])
    assert "1 row after the last step of the forecast was not read." in found.notes
    assert "The file has no column 'promo', so nothing changes there." in found.notes


def test_dates_that_do_not_tell_are_read_as_the_first_file_was():
    text = "day,price\n03/01/2024,1\n03/02/2024,2\n"
    np.testing.assert_array_equal(read(text, day_first=False).values[:2, 0], [1, 2])
    with pytest.raises(BadFile, match="2024-01-03 to 2024-02-03, and the forecast is for 2024-03-01 to 2024-03-05"):
        read(text, day_first=True)


def test_one_row_is_enough_and_the_past_is_not_read():
    found = read("day,price\n2024-03-01,7\n")
    np.testing.assert_array_equal(found.values[:, 0], [7, NAN, NAN, NAN, NAN])
    found = read("day,price\n2024-02-28,6\n2024-02-29,6\n2024-03-01,7\n")
    assert "2 rows before the forecast were not read." in found.notes


def test_rows_in_order_where_there_are_no_dates():
    for found in (
        read("price\n3\n1\n"),
        read("day,price\n2024-03-01,3\n2024-03-02,1\n", times=np.arange(100, 105)),
    ):
        np.testing.assert_array_equal(found.values[:, 0], [3, 1, NAN, NAN, NAN])
        assert any("in their order" in note for note in found.notes)


def test_words_become_their_levels():
    columns = ("weather=rain", "weather=sun")
    found = read("day,weather\n2024-03-01,rain\n2024-03-02,sun\n2024-03-03,\n2024-03-04,snow\n", columns)
    np.testing.assert_array_equal(found.values, [[1, 0], [0, 1], [NAN, NAN], [0, 0], [NAN, NAN]])
    assert any(
        "'snow' in column 'weather' (row 5) is no word that the network has seen" in note for note in found.notes
    )


def test_empty_cells_stay_as_they_were():
    found = read("day,price\n2024-03-01,\n2024-03-02,2\n2024-03-04,4\n")
    np.testing.assert_array_equal(found.values[:, 0], [NAN, 2, NAN, 4, NAN])
    assert "2 cells before that are empty and stay as they were." in found.notes


def test_of_many_series_the_rows_of_one():
    text = "day,shop,price\n2024-03-01,north,1\n2024-03-01,south,2\n2024-03-02,north,3\n2024-03-02,south,4\n"
    found = read(text, only="south")
    np.testing.assert_array_equal(found.values[:2, 0], [2, 4])
    assert found.notes[0] == "Of 4 rows those of 'south' were read (2)."
    with pytest.raises(BadFile, match="Rows 2 and 3 are for the same moment, 2024-03-01"):
        read(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("day,cost\n2024-03-01,3\n", r"none of the columns 'price', 'promo'; its columns are 'day', 'cost'"),
        ("day,price\n2024-03-01,3\n2024-03-02,many\n", "Row 3, column 'price': 'many' is no number"),
        ("day,price\n2024-03-01,3\n2024-03-01,4\n", "Rows 2 and 3 are for the same moment, 2024-03-01"),
        ("day,price\n2024-03-01 12:00,3\n", "Row 2 is for 2024-03-01 12:00:00, .* 2024-03-01 and 2024-03-02"),
        ("day,price\n2023-03-01,3\n2023-03-02,3\n", "2023-03-01 to 2023-03-02, and the forecast is for 2024-03-01"),
        ("day,price\n2024-03-01,\n2024-03-02,\n", "no number in 'price'"),
        ("day,price\n2024-03-01,inf\n2024-03-02,1\n", "Row 2, column 'price'"),
    ],
)
def test_what_cannot_be_used_is_a_sentence(text, said):
    with pytest.raises(BadFile, match=said):
        read(text)


def test_a_stray_word_among_many_numbers_is_no_missing_cell():
    times = np.datetime64("2024-03-01") + np.arange(31)
    lines = [f"2024-03-{k:02},{k}" for k in range(1, 31)]
    with pytest.raises(BadFile, match=r"1 cell of 'price' not a number \(row 32; the first is 'abc'\); correct it"):
        read("\n".join(["day,price", *lines, "2024-03-31,abc"]), times=times)


def test_a_time_that_cannot_be_read():
    times = np.datetime64("2024-03-01") + np.arange(31)
    lines = [f"2024-03-{k:02},{k}" for k in range(1, 31)]
    with pytest.raises(BadFile, match="The time of row 32 in column 'day' cannot be read"):
        read("\n".join(["day,price", *lines, "2024-x,3"]), times=times)
