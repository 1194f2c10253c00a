"""Settings that no job could work by end in one sentence, before AWS is asked anything."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from .conftest import SEED, Ask

SHIPPED = {
    name: (SEED / name).read_text(encoding="utf-8") for name in ("dataset.toml", "pipeline.toml")
}


@dataclass(frozen=True)
class Bad:
    """What is written instead of shipped lines, and the sentence that it ends in."""

    sentence: str
    pipeline: tuple[tuple[str, str], ...] = ()
    dataset: tuple[tuple[str, str], ...] = ()

    @property
    def files(self) -> dict[str, str]:
        changes = {"pipeline.toml": self.pipeline, "dataset.toml": self.dataset}
        return {name: changed(SHIPPED[name], pairs) for name, pairs in changes.items()}


def changed(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for shipped, instead in pairs:
        assert text.count(shipped) == 1, shipped
        text = text.replace(shipped, instead)
    return text


METRIC, THRESHOLD = 'metric = "mse"\n', "threshold = 6.0"
OBJECTIVE, TASK = '"reg:squarederror"', 'type = "regression"'
FRAMEWORK = 'framework = "xgboost"\nversion = "3.2-0"\n'
RINGS = 'rings = { type = "number" }'
CLASSES = ((RINGS, 'rings = { type = "category", values = ["few", "many"] }'),)
AUC = (METRIC + THRESHOLD, 'metric = "auc"\nthreshold = 0.9')
BAD = {
    "metric of another task": Bad(
        "metric auc does not fit the task regression; for regression there are mse, rmse, mae, r2",
        ((METRIC, 'metric = "auc"\n'),),
    ),
    "no metric": Bad("metric msee is no metric; for regression", ((METRIC, 'metric = "msee"\n'),)),
    "threshold below its range": Bad(
        r"threshold -1\.0 is no value of mse, which lies at 0 or above",
        ((THRESHOLD, "threshold = -1"),),
    ),
    "better by less than nothing": Bad(
        r"setting gate\.better_than_live_by of pipeline\.toml is refused: Input should be greater",
        ((THRESHOLD, f"{THRESHOLD}\nbetter_than_live_by = -0.1"),),
    ),
    "better by more than there is": Bad(
        r"no model is better by 1\.5 than another in auc, which lies between 0 and 1",
        ((AUC[0], f"{AUC[1]}\nbetter_than_live_by = 1.5"), (TASK, 'type = "binary"')),
    ),
    "threshold above its range": Bad(
        r"threshold 1\.5 is no value of r2, which lies at 1 or below",
        ((METRIC + THRESHOLD, 'metric = "r2"\nthreshold = 1.5'),),
    ),
    "AUC in percent": Bad(
        r"threshold 90\.0 is no value of auc, which lies between 0 and 1",
        ((METRIC + THRESHOLD, 'metric = "auc"\nthreshold = 90'), (TASK, 'type = "binary"')),
        CLASSES,
    ),
    "threshold that is no number": Bad(
        r"setting gate\.threshold .* finite number", ((THRESHOLD, "threshold = nan"),)
    ),
    "scikit-learn without script": Bad(
        r"scikit-learn has no built-in algorithm; name a script",
        ((FRAMEWORK, 'framework = "scikit-learn"\nversion = "1.9-0"\n'),),
    ),
    "script that is not there": Bad(
        r"source_scripts/ has no train\.py; write it",
        ((FRAMEWORK, f'{FRAMEWORK}script = "train.py"\n'),),
    ),
    "script elsewhere": Bad(
        r"setting algorithm\.script .* match pattern",
        ((FRAMEWORK, f'{FRAMEWORK}script = "../train.py"\n'),),
    ),
    "another framework": Bad(
        r"setting algorithm\.framework .* 'xgboost' or 'scikit-learn'",
        ((FRAMEWORK, 'framework = "pytorch"\nversion = "2.8"\nscript = "train.py"\n'),),
    ),
    "objective of another task": Bad(
        "binary:logistic is none for the task regression; choose one of reg:squarederror",
        ((OBJECTIVE, '"binary:logistic"'),),
    ),
    "number of classes": Bad(
        "has 0 classes; leave num_class out", ((OBJECTIVE, f"{OBJECTIVE}\nnum_class = 3"),)
    ),
    "task of two classes for a number": Bad(
        "label 'rings' of dataset.toml is a number; write regression",
        ((TASK, 'type = "binary"'), AUC),
    ),
    "regression of classes": Bad("'rings' .* has 2 classes; write binary", (), CLASSES),
    "two classes for several": Bad(
        "'rings' .* has 2 classes; write binary",
        (
            (TASK, 'type = "multiclass"'),
            (METRIC + THRESHOLD, 'metric = "accuracy"\nthreshold = 0.5'),
        ),
        CLASSES,
    ),
    "another task": Bad(
        r"setting task\.type .* 'binary' or 'multiclass'", ((TASK, 'type = "ranking"'),)
    ),
    "label that is no column": Bad(
        "setting label of dataset.toml is refused: 'age' is none of the columns",
        dataset=(('label = "rings"', 'label = "age"'),),
    ),
    "two columns of one name": Bad(
        "dataset.toml is not TOML: Cannot overwrite a value",
        dataset=((RINGS, f"{RINGS}\n{RINGS}"),),
    ),
    "label without values": Bad(
        "setting label .* names fewer than 2 values",
        dataset=((RINGS, 'rings = { type = "category" }'),),
    ),
}


@pytest.mark.parametrize("name", ["run_pipeline", "get_pipeline_definition"])
@pytest.mark.parametrize("case", BAD)
def test_it_is_refused_in_one_sentence_and_aws_is_not_asked(
    case: str, name: str, command: Ask
) -> None:
    answer = command(command=name, argv=[], before=BAD[case].files)
    assert (answer["code"], answer["out"], answer["requests"]) == (1, "", [])
    *by_the_sdk, said = answer["err"].splitlines()
    assert all(line.startswith("INFO:sagemaker.config:") for line in by_the_sdk)
    assert said.startswith(f"{name.replace('_', '-')}: ")
    assert said.endswith(".")
    assert said.isprintable()
    assert re.search(BAD[case].sentence, said), said


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ('{"MetricThreshold": -1}', "threshold -1.0 is no value of mse, which lies at 0 or above."),
        ('{"TrainingInstanceType": 5}', "5 is not a String."),
        ('{"MseThreshold": 5.5}', "the pipeline has InputDataUrl, ProcessingInstanceType, "),
    ],
)
def test_a_refused_parameter_of_an_execution_asks_aws_nothing(
    command: Ask, values: str, why: str
) -> None:
    answer = command(command="run_pipeline", argv=["--parameters", values], before={})
    assert (answer["code"], answer["out"], answer["requests"]) == (1, "", [])
    said = answer["err"].splitlines()[-1]
    assert said.startswith("run-pipeline: parameter ")
    assert why in said


def test_with_settings_that_fit_aws_is_asked(command: Ask) -> None:
    changes = ((TASK, 'type = "binary"'), AUC, (OBJECTIVE, '"binary:logistic"'))
    answer = command(command="run_pipeline", argv=[], before=Bad("", changes, CLASSES).files)
    assert answer["code"] == 1
    assert "AWS refused" in answer["err"]
    assert answer["requests"][0].startswith("https://dynamodb.")
