"""What an endpoint makes of categories that training never saw, and of values that are missing."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from .conftest import IMAGES, SEED, worker

DATASET = """label = "price"
[file]
missing = ["NA"]
[columns]
town = { type = "category" }
view = { type = "category", empty = "none" }
colour = { type = "category", values = ["red", "blue"] }
trim = { type = "category", values = ["red", "blue"], empty = "blue" }
size = { type = "number" }
rooms = { type = "number", empty = "mean" }
floor = { type = "number", empty = 3 }
area = { type = "number", empty = "refuse" }
note = { type = "text" }
price = { type = "number" }
"""
GOOD = ["Bern", "sea", "red", "red", "4", "2", "1", "70", "sunny"]
COLUMNS = list(tomllib.loads(DATASET)["columns"])


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Ask with a good record in which some fields are others."""
    folder, source = tmp_path_factory.mktemp("served"), random.Random(0)
    (folder / "dataset.toml").write_text(DATASET)
    records = [
        [
            *(source.choice(["Bern", "Wien"]), source.choice(["sea", "none"])),
            *(source.choice(["red", "blue"]), source.choice(["red", "blue"])),
            *(source.choice("12345678") for _ in range(3)),
            *("70", "a note", str(source.random())),
        ]
        for _ in range(100)
    ]
    (folder / "data.csv").write_text("".join(f"{','.join(record)}\n" for record in records))
    path = str(SEED / "source_scripts")
    with worker(IMAGES / "xgboost/bin/python", "serving_worker.py", folder, path) as ask:

        def with_fields(**fields: str) -> Any:
            changed = dict(zip(COLUMNS, GOOD, strict=False)) | fields
            return tuple(ask(record=",".join(changed.values())).values())

        yield with_fields


def test_known_values_make_a_difference(answer: Any) -> None:
    others = {"town": "Wien", "view": "none", "colour": "blue", "trim": "blue"}
    numbers = {"size": "5", "rooms": "5", "floor": "3"}
    answers = [answer()] + [answer(**{name: v}) for name, v in (others | numbers).items()]
    assert {status for status, _ in answers} == {200}
    assert len(set(answers)) == len(answers)


def test_an_unseen_category_is_none_of_the_known_ones(answer: Any) -> None:
    unseen = answer(town="Oz")
    assert unseen[0] == 200
    assert unseen == answer(town='"Atlantis, (sunk)"') == answer(town="")
    assert unseen not in (answer(town="Bern"), answer(town="Wien"))


@pytest.mark.parametrize("empty", ["", "NA", " "])
def test_a_missing_value_is_what_the_settings_say(empty: str, answer: Any) -> None:
    assert answer(view=empty) == answer(view="none")
    assert answer(trim=empty) == answer(trim="blue")
    assert answer(floor=empty) == answer(floor="3")
    assert answer(note=empty) == answer()
    assert answer(size=empty)[0] == answer(rooms=empty)[0] == 200


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("colour", "green", "'green' is not one of 'red', 'blue'."),
        ("colour", "", "'' is not one of 'red', 'blue'."),
        ("trim", "green", "'green' is not one of 'red', 'blue'."),
        ("area", "", "'' is not a number."),
        ("area", "NA", "'' is not a number."),
        ("size", "big", "'big' is not a number."),
    ],
)
def test_what_the_settings_refuse_is_refused_with_row_and_column(
    column: str, value: str, sentence: str, answer: Any
) -> None:
    assert answer(**{column: value}) == (400, f"request, row 1, column '{column}': {sentence}")
