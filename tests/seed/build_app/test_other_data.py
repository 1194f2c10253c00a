"""A customer who changes the data as the README says keeps checks that pass."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from .conftest import customer_environment, render

SHIPPED_GATE = 'metric = "mse"\nthreshold = 6.0\n'


@dataclass(frozen=True)
class OtherData:
    """What a customer writes in the place of the shipped data set."""

    label: str
    columns: str
    file: str = ""
    task: str = "regression"
    metric: str = "mae"


HOUSES = OtherData(
    "price",
    """
price = { type = "number", minimum = 10, maximum = 20 }
town = { type = "category", values = ["Paris, France", 'the "Hague"', "Ærø\\n(DK)"] }
"Living Area" = { type = "number", empty = "mean" }
"town hall" = { type = "category", values = ["price", "none"] }
note = { type = "text" }
""",
    'header = true\ndelimiter = ";"\ndecimal = ","\nmissing = ["NA"]',
)
IRIS = OtherData(
    "species",
    """
sepal_length = { type = "number" }
species = { type = "category", values = ["Iris-setosa", "Iris-virginica"] }
petal_length = { type = "number" }
""",
    task="binary",
    metric="auc",
)
WINE = OtherData(
    "cultivar",
    """
bottle = { type = "identifier" }
alcohol = { type = "number" }
region = { type = "category" }
cultivar = { type = "category", values = ["a", "b, c", "d"] }
""",
    'encoding = "utf-16"\nheader = true',
    task="multiclass",
    metric="balanced_accuracy",
)
ONE_NUMBER = OtherData("y", 'x = { type = "number" }\ny = { type = "number" }\n')
ONLY_CATEGORIES = OtherData(
    "y", 'a = { type = "category", values = ["p", "q", "r"] }\ny = { type = "number" }\n'
)
OBJECTIVES = {
    "regression": ("reg:squarederror", "rmse"),
    "binary": ("binary:logistic", "logloss"),
    "multiclass": ("multi:softprob", "mlogloss"),
}


def change(repository: Path, data: OtherData) -> None:
    """Edit `dataset.toml` and `pipeline.toml`, and nothing else."""
    (repository / "dataset.toml").write_text(
        f'label = "{data.label}"\n[file]\n{data.file}\n[columns]\n{data.columns}', encoding="utf-8"
    )
    settings = repository / "pipeline.toml"
    text = settings.read_text(encoding="utf-8")
    objective, eval_metric = OBJECTIVES[data.task]
    for shipped, changed in (
        ('type = "regression"', f'type = "{data.task}"'),
        (SHIPPED_GATE, f'metric = "{data.metric}"\nthreshold = 0.6\n'),
        ('"reg:squarederror"', f'"{objective}"'),
        ('eval_metric = "rmse"', f'eval_metric = "{eval_metric}"'),
    ):
        assert text.count(shipped) == 1, shipped
        text = text.replace(shipped, changed)
    settings.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(WINE, id="three classes"),
        *(
            pytest.param(data, id=name, marks=pytest.mark.proof("scenarios"))
            for name, data in {
                "quoted categories, label first, decimal comma": HOUSES,
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
    done = subprocess.run(
        [str(test_bin / "python"), "-m", "pytest", "-q", "tests/unit", "tests/training"],
        cwd=repository,
        env=customer_environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
