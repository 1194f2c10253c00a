"""A customer who changes the data as the README says keeps checks that pass."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from .conftest import customer_environment, render

SHIPPED = "COLUMNS = (\n"
REGRESSION = 'objective = "reg:squarederror"\n'


@dataclass(frozen=True)
class OtherData:
    """What a customer puts in the place of the shipped data set."""

    columns: str
    label: str
    objective: str = REGRESSION


HOUSES = OtherData(
    """
    Column("price"),
    Column("town", categories=("Paris, France", 'the "Hague"', "O'Fallon | MO", "Ærø\\n(DK)")),
    Column("Living Area"),
    Column("town hall", categories=("price", "none")),
""",
    "price",
)
IRIS = OtherData(
    """
    Column("sepal_length"),
    Column("species", categories=("Iris-setosa", "Iris-virginica")),
    Column("petal_length"),
""",
    "species",
    'objective = "binary:logistic"\n',
)
ONE_NUMBER = OtherData('\n    Column("x"),\n    Column("y"),\n', "y")
ONLY_CATEGORIES = OtherData('\n    Column("a", ("p", "q", "r")),\n    Column("y"),\n', "y")


def change(repository: Path, data: OtherData) -> None:
    """Edit `records.py` and `pipeline.toml` as the README says."""
    records = repository / "source_scripts/records.py"
    head, _, rest = records.read_text().partition(SHIPPED)
    tail = rest.partition('\n)\nLABEL = "rings"\n')[2]
    assert tail
    changed = f'{head}COLUMNS = ({data.columns})\nLABEL = "{data.label}"\n{tail}'
    records.write_text(changed, encoding="utf-8")
    settings = repository / "pipeline.toml"
    text = settings.read_text()
    assert REGRESSION in text
    settings.write_text(text.replace(REGRESSION, data.objective))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(HOUSES, id="quoted categories, label first"),
        *(
            pytest.param(data, id=name, marks=pytest.mark.proof("scenarios"))
            for name, data in {
                "label of two classes": IRIS,
                "one number": ONE_NUMBER,
                "categories only": ONLY_CATEGORIES,
            }.items()
        ),
    ],
)
def test_the_repository_s_own_tests_pass_with_other_data(
    data: OtherData, test_bin: Path, tmp_path: Path
) -> None:
    repository = render(tmp_path / "repository")
    change(repository, data)
    kept = ["tests/unit/test_records.py", "tests/unit/test_preprocess.py", "tests/training"]
    done = subprocess.run(
        [str(test_bin / "python"), "-m", "pytest", "-q", *kept],
        cwd=repository,
        env=customer_environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
