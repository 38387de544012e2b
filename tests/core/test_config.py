"""Config: what every field refuses and accepts, JSON, presets."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from decimal import Decimal

import numpy as np
import pytest

from rnn.core.config import PRESETS, PUBLISHED_ALGORITHM, Config
from rnn.core.field_check import check_field
from rnn.core.fields import FIELDS

NUMBERS = [name for name, field in FIELDS.items() if field.kind in ("int", "float")]
NOT_NUMBERS = [
    True, False, "3", b"3", [3], (3,), {3: 3}, 3j, Decimal(3), np.array([3]), math.nan, math.inf, -math.inf,
    np.float64("nan"),
]  # fmt: skip
ALMOST_NUMBERS = [np.True_, np.str_("3"), np.datetime64("2024-01-01"), np.complex64(3), 10**400]


def wrong_values(name: str) -> list[object]:
    field = FIELDS[name]
    wrong: list[object] = [] if field.optional else [None]
    if field.kind == "choice":
        return [*wrong, "nonsense", "", field.choices[0].upper(), 3, True, [field.choices[0]]]
    if field.kind == "bool":
        return [*wrong, 0, 1, "true", 1.0]
    if field.kind == "levels":
        return [*wrong, [], [0.5, 0.1], [0.0], [0.1, 1.0], "0.5", True, ["0.5"], [math.nan]]
    if field.kind == "count-or-share":
        return [*wrong, *NOT_NUMBERS, *([] if field.low == 0 else [0, 0.0]), -0.2, -5, 1.5, 20.5]
    outside = [math.nextafter(field.low, -math.inf), math.nextafter(field.high, math.inf), field.low - 1]
    return [*wrong, *NOT_NUMBERS, *outside, *([field.low + 0.5] if field.kind == "int" else [])]


@pytest.mark.parametrize("name", FIELDS)
def test_refusal_names_field_value_and_what_is_allowed(name):
    field = FIELDS[name]
    for value in wrong_values(name):
        with pytest.raises(ValueError) as caught:
            Config(**{name: value})
        message = str(caught.value)
        assert message.startswith(f"{name}={value!r} is not allowed; allowed: "), value
        allowed = message.partition("allowed: ")[2]
        for choice in field.choices:
            assert choice in allowed
        assert allowed.endswith(".")


@pytest.mark.parametrize("value", ALMOST_NUMBERS, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("name", ["hidden", "truncate", "lr", "validation"])
def test_what_only_looks_like_a_number_is_refused(name, value):
    with pytest.raises(ValueError, match=f"^{name}=.* is not allowed; allowed: "):
        Config(**{name: value})


@pytest.mark.parametrize("name", NUMBERS)
def test_bounds_are_accepted_as_the_message_prints_them(name):
    field = FIELDS[name]
    assert check_field(name, field.low) == field.low
    assert check_field(name, field.high) == field.high
    with pytest.raises(ValueError) as caught:
        check_field(name, "x")
    low, high = re.search(r"from (\S+) to (\S+?)(?: or none)?\.$", str(caught.value)).groups()
    assert check_field(name, float(low)) == field.low
    assert check_field(name, float(high)) == field.high


@pytest.mark.parametrize("name", NUMBERS)
def test_whole_numbers_become_ints_and_shares_floats(name):
    field = FIELDS[name]
    kind = int if field.kind == "int" else float
    numpy_scalars = [np.int64(field.low), np.array(int(field.low))] if field.kind == "int" else []
    for value in [*numpy_scalars, np.float64(field.low), field.low]:
        found = check_field(name, value)
        assert type(found) is kind
        assert found == field.low


def test_numpy_scalars_give_the_same_config():
    plain = Config(hidden=8, window=5, truncate=3, lr=0.25, bias=False, validation=7, epochs=3)
    numpy = Config(
        hidden=np.int32(8), window=np.uint8(5), truncate=np.int64(3), lr=np.float32(0.25), bias=np.bool_(False),
        validation=np.int16(7), epochs=np.float64(3),
    )  # fmt: skip
    assert numpy == plain
    assert numpy.to_json() == plain.to_json()


def test_validation_is_a_share_below_one_and_a_count_from_one():
    for share in (0.2, np.float64(0.2), 1e-9, 0.999):
        assert type(Config(validation=share).validation) is float
    for count in (1, 1.0, np.int64(50), 50.0):
        assert type(Config(validation=count).validation) is int


def test_test_is_like_validation_and_may_be_none():
    for none in (0, 0.0, np.float64(0), np.int32(0)):
        assert Config(test=none) == Config() and type(Config(test=none).test) is int
    assert type(Config(test=0.1).test) is float
    assert type(Config(test=12.0).test) is int
    with pytest.raises(ValueError, match=r"^test=-1 is not allowed; .* a whole number of records from 0 to"):
        Config(test=-1)


def test_every_field_has_a_name_a_kind_and_a_sentence_for_the_form():
    assert list(FIELDS) == [field.name for field in dataclasses.fields(Config)]
    for name, field in FIELDS.items():
        assert field.kind in ("choice", "int", "float", "bool", "count-or-share", "levels"), name
        assert field.label and field.help.endswith("."), name
        assert field.optional == (check_optional(name)), name


def check_optional(name: str) -> bool:
    try:
        return check_field(name, None) is None
    except ValueError:
        return False


def test_frozen_equal_by_value_and_usable_as_a_key():
    config = Config(hidden=8)
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.hidden = 9
    assert config == Config(hidden=8) != Config(hidden=9)
    assert len({config, Config(hidden=8), Config()}) == 2


def test_replace_checks_and_leaves_the_original():
    config = Config(window=10)
    assert config.replace(truncate=10).truncate == 10
    assert config.truncate is None
    with pytest.raises(ValueError, match="hidden=0 is not allowed"):
        config.replace(hidden=0)
    with pytest.raises(ValueError, match="'hiden' is not a config field; the fields are cell, activation"):
        config.replace(hiden=3)


def test_truncate_may_not_exceed_the_window():
    with pytest.raises(ValueError, match=r"truncate=11, window=10"):
        Config(window=10, truncate=11)
    with pytest.raises(ValueError, match=r"truncate=5, window=4"):
        Config(truncate=5).replace(window=4)


def test_quantiles_are_increasing_levels_between_zero_and_one():
    for given in ([0.1, 0.9], (0.1, 0.9), np.array([0.1, 0.9]), (np.float64(0.1), 0.9)):
        config = Config(quantiles=given)
        assert config.quantiles == (0.1, 0.9)
        assert {type(level) for level in config.quantiles} == {float}
        assert Config.from_json(config.to_json()) == config
        assert hash(config) == hash(Config(quantiles=(0.1, 0.9)))
    assert Config(quantiles=0.5).quantiles == (0.5,)
    for wrong in ((), (0.5, 0.5), (0.9, 0.1), (0.0, 0.5), (0.5, 1), ("0.5",), "0.1, 0.5", (True,), (np.nan,), None,
                  tuple(np.linspace(0.001, 0.999, 100))):  # fmt: skip
        with pytest.raises(ValueError, match=r"^quantiles=.* is not allowed; allowed: 1 to 99 increasing levels"):
            Config(quantiles=wrong)


def test_fields_that_need_each_other():
    for changes, says in [
        ({"window": 24, "patch": 5}, r"multiple of `patch`.*window=24, patch=5.*take window=25, or patch=1\."),
        ({"window": 24, "patch": 4, "truncate": 7}, r"truncate <= window / patch.*truncate=7, window=24, patch=4"),
        ({"dropout": 0.2}, r"dropout=0\.2 works between layers.*take layers=2 or dropout=0\."),
        ({"residual": "seasonal"}, r"residual='seasonal' needs .* set season"),
        ({"difference": "seasonal"}, r"difference='seasonal' needs .* set season"),
    ]:
        with pytest.raises(ValueError, match=says):
            Config(**changes)
    with pytest.raises(ValueError, match="knows no scaling by window"):
        PRESETS["article"].replace(scaling="window")
    assert Config(window=24, patch=4, truncate=6, layers=2, dropout=0.2, season=7, residual="seasonal").steps == 6


@pytest.mark.parametrize(
    ("changes", "lag", "reach"),
    [
        ({}, 0, 10),
        ({"season": 7}, 0, 10),
        ({"difference": "first"}, 1, 11),
        ({"difference": "seasonal", "season": 7}, 7, 17),
        ({"residual": "last"}, 0, 10),
        ({"residual": "seasonal", "season": 7}, 0, 10),
        ({"residual": "seasonal", "season": 12}, 0, 12),
        ({"residual": "seasonal", "season": 12, "difference": "first"}, 1, 13),
        ({"residual": "seasonal", "season": 12, "difference": "seasonal"}, 12, 24),
    ],
    ids=str,
)
def test_how_many_records_a_prediction_reads(changes, lag, reach):
    config = Config(window=10, **changes)
    assert (config.lag, config.reach) == (lag, reach)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_valid_and_survive_json(name):
    preset = PRESETS[name]
    assert Config.from_json(preset.to_json()) == preset
    assert Config.from_dict(preset.to_dict()) == preset
    assert json.loads(preset.to_json()) == preset.to_dict()


def test_presets_that_others_rely_on():
    assert {"default", "article", "article-corrected"} <= set(PRESETS)
    assert PRESETS["default"] == Config()
    article = PRESETS["article"]
    assert (article.hidden, article.window, article.truncate, article.epochs, article.lr, article.clip_at) == (
        100, 50, 5, 25, 1e-4, 10.0,
    )  # fmt: skip
    corrected = PRESETS["article-corrected"]
    assert (corrected.gradient, corrected.hidden, corrected.window, corrected.epochs) == ("bptt", 100, 50, 25)


def others_than_published() -> list[tuple[str, object]]:
    """For each field that the published rule fixes, another value that the field itself may have."""
    found: list[tuple[str, object]] = []
    for name, needed in PUBLISHED_ALGORITHM.items():
        field = FIELDS[name]
        values = {"choice": field.choices, "bool": (True, False), "int": (field.low, field.high),
                  "float": (field.low, field.high)}[field.kind]  # fmt: skip
        found += [(name, value) for value in values if value != needed]
    return found


@pytest.mark.parametrize(("name", "other"), others_than_published())
def test_the_published_rule_takes_only_its_own_network(name, other):
    with pytest.raises(ValueError, match=f"needs {name}={PUBLISHED_ALGORITHM[name]!r}, got {other!r}"):
        PRESETS["article"].replace(**{name: other})


def test_the_published_rule_needs_a_number_to_truncate_at():
    with pytest.raises(ValueError, match="needs a number for truncate, got None"):
        PRESETS["article"].replace(truncate=None)


def test_json_of_an_older_version_is_filled_in():
    assert Config.from_json("{}") == Config()
    values = json.loads(Config(hidden=7, lr=0.1).to_json())
    del values["dtype"], values["seed"], values["truncate"], values["test"], values["gap"], values["scaler_rows"]
    assert Config.from_json(json.dumps(values)) == Config(hidden=7, lr=0.1)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"hiden": 3}', "'hiden' is not a config field"),
        ('{"hidden": "3"}', "hidden='3' is not allowed"),
        ('{"hidden": true}', "hidden=True is not allowed"),
        ('{"lr": NaN}', "lr=nan is not allowed"),
        ('{"lr": 1e999}', "lr=inf is not allowed"),
        ('{"cell": null}', "cell=None is not allowed"),
        ("[1, 2]", "must be a JSON object, got list"),
        ("null", "must be a JSON object, got NoneType"),
        ('{"hidden": 3,\n}', "line 2, column"),
        ("", "line 1, column 1"),
    ],
    ids=str,
)  # fmt: skip
def test_json_that_is_no_config_is_refused_in_a_sentence(text, says):
    with pytest.raises(ValueError) as caught:
        Config.from_json(text)
    assert says in str(caught.value)
    assert type(caught.value) is ValueError
