"""Settings that no job could work by end in one sentence, before AWS is asked anything."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from .conftest import CONFIGURATION, SEED, Ask

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
IMAGE = f"111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/models@sha256:{'0' * 64}"
VOLUME = "volume_size_gib = 30\n"
NETWORK = 'subnets = ["subnet-01234567"]\nsecurity_groups = ["sg-01234567"]\n'
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
    "image that the registration does not allow": Bad(
        r"algorithm\.image .* 111122223333\.dkr\.ecr\.eu-west-1\.amazonaws\.com/team/models is not "
        r"among what IMAGE_REPOSITORIES of the template's registration allows \(none\); ask",
        ((FRAMEWORK, f'image = "{IMAGE}"\n'),),
    ),
    "image by its tag": Bad(
        r"algorithm\.image .* an image is named by its digest",
        ((FRAMEWORK, f'image = "{IMAGE.partition("@")[0]}:latest"\n'),),
    ),
    "image and framework": Bad(
        r"setting algorithm .* name a framework and its version, or an image of your own",
        ((FRAMEWORK, f'{FRAMEWORK}image = "{IMAGE}"\n'),),
    ),
    "neither image nor framework": Bad(
        "name a framework and its version, or an image of your own", ((FRAMEWORK, ""),)
    ),
    "framework without version": Bad(
        "name a framework and its version", ((FRAMEWORK, 'framework = "xgboost"\n'),)
    ),
    "subnet that the registration does not allow": Bad(
        r"jobs\.subnets .* subnet-01234567 is not among what JOBS_SUBNETS of the template's",
        ((VOLUME, VOLUME + NETWORK),),
    ),
    "subnets without security groups": Bad(
        "subnets and security_groups belong together",
        ((VOLUME, VOLUME + NETWORK.splitlines()[0] + "\n"),),
    ),
    "no subnet": Bad(
        r"setting jobs\.subnets\.0 .* match pattern",
        ((VOLUME, f'{VOLUME}subnets = ["vpc-01234567"]\n'),),
    ),
    "spot capacity without an end of waiting": Bad(
        "training_spot = true and training_max_wait_seconds belong together",
        ((VOLUME, f"{VOLUME}training_spot = true\n"),),
    ),
    "waiting without spot capacity": Bad(
        "training_spot = true and training_max_wait_seconds belong together",
        ((VOLUME, f"{VOLUME}training_max_wait_seconds = 7200\n"),),
    ),
    "waiting shorter than training": Bad(
        "for waiting and training together, is below training_timeout_seconds",
        ((VOLUME, f"{VOLUME}training_spot = true\ntraining_max_wait_seconds = 3599\n"),),
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


def test_with_what_the_registration_allows_aws_is_asked(command: Ask) -> None:
    changes = ((FRAMEWORK, f'image = "{IMAGE}"\n'), (VOLUME, VOLUME + NETWORK))
    allowed = {
        "IMAGE_REPOSITORIES": f"222233334444.dkr.ecr.eu-west-1.amazonaws.com/x,{IMAGE[:-72]}",
        "JOBS_SUBNETS": "subnet-01234567",
        "JOBS_SECURITY_GROUPS": "sg-01234567,sg-89abcdef",
    }
    project = "".join(f"{name}={value}\n" for name, value in {**CONFIGURATION, **allowed}.items())
    before = {**Bad("", changes).files, "project.env": project}
    answer = command(command="run_pipeline", argv=[], before=before)
    assert "AWS refused" in answer["err"]
    assert answer["requests"]
