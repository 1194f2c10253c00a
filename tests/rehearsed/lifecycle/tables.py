"""Tables that are not the shipped one: three of scikit-learn's, and one as a shop has it."""

import csv
import math
import random
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

_OF_SCIKIT_LEARN = """
import csv, sys
from sklearn import datasets

data = getattr(datasets, f"load_{sys.argv[1]}")()
names = getattr(data, "target_names", None)
rows = csv.writer(sys.stdout)
rows.writerow([*map(str, data.feature_names), "label"])
for record, label in zip(data.data, data.target):
    rows.writerow([*map(float, record), label if names is None else names[int(label)]])
"""
SHOP_RECORDS = 1500
_TOWNS = ("Paris, France", "Köln", "Den Haag", 'the "Hague"')
_MISSING = 0.05


@dataclass(frozen=True)
class Table:
    """A table, and how good a model of it is to be.

    Attributes:
        metric: one of the report, with the least and the most that it may be.
    """

    name: str
    label: str
    task: str
    metric: tuple[str, float, float]

    def write(self, folder: Path, python: Path) -> Path:
        """Write it as CSV.

        Args:
            folder: where to.
            python: of an image with scikit-learn.
        """
        file = folder / f"{self.name}.csv"
        if self.name == "shop":
            with file.open("w", encoding="utf-8", newline="") as text:
                csv.writer(text).writerows(shop())
            return file
        argv = [str(python), "-c", _OF_SCIKIT_LEARN, self.name]
        done = subprocess.run(argv, capture_output=True, text=True, check=True)
        file.write_text(done.stdout, encoding="utf-8", newline="")
        return file


TABLES = (
    Table("breast_cancer", "label", "binary", ("auc", 0.96, 1.0)),
    Table("wine", "label", "multiclass", ("accuracy", 0.85, 1.0)),
    Table("diabetes", "label", "regression", ("r2", 0.25, 0.65)),
    Table("shop", "churned", "binary", ("auc", 0.72, 0.95)),
)


def shop() -> Iterable[Sequence[object]]:
    """Customers with identifiers, dates, commas in categories and 5 % missing values."""
    source = random.Random(3)

    def or_missing(value: object) -> object:
        return "" if source.random() < _MISSING else value

    yield ["customer_id", "signed up", "town", "plan, now", "age", "spend", "visits", "churned"]
    for number in range(1, SHOP_RECORDS + 1):
        plan = source.choice(["basic", "plus, family", 'pro "gold"'])
        spend, visits = source.gauss(50, 15), source.randint(0, 30)
        leaning = 0.15 * (30 - visits) - 0.05 * (spend - 50) - 2 + (plan == "basic")
        churned = source.random() < 1 / (1 + math.exp(-leaning))
        yield [
            number,
            f"202{source.randint(0, 5)}-0{source.randint(1, 9)}-1{source.randint(0, 9)}",
            or_missing(source.choice(_TOWNS)),
            or_missing(plan),
            or_missing(f"{source.gauss(40, 12):.0f}"),
            or_missing(f"{spend:.2f}"),
            or_missing(visits),
            "yes" if churned else "no",
        ]
