"""The definition that SageMaker gets; needs the SageMaker SDK of requirements.txt."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import botocore.endpoint
import botocore.session
import pytest
from botocore.validate import ParamValidator
from ml_pipelines.command_line import DEFAULT_MODULE, import_pipeline_module
from ml_pipelines.execution_parameters import REPLACED_SETTINGS
from ml_pipelines.settings import SCRIPTS, Project
from tests.allowed import ALLOWED, SETTINGS

PROJECT = Project(
    AWS_REGION="eu-west-1",
    PROJECT_NAME="demo",
    PROJECT_ID="p-abcdefghijkl",
    EXECUTION_ROLE_ARN="arn:aws:iam::111122223333:role/execution",
    READER_ROLE_ARN="arn:aws:iam::111122223333:role/reader",
    ARTIFACT_BUCKET="mlops-sm-project-p-abcdefghijkl",
    KMS_KEY_ARN="arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000",
    MODEL_PACKAGE_GROUP_NAME="demo-p-abcdefghijkl",
    PIPELINE_NAME="demo-p-abcdefghijkl",
    **ALLOWED,
)
THRESHOLD = {"Get": "Parameters.MetricThreshold"}
OPERATIONS = {
    "Processing": ("CreateProcessingJob", {"ProcessingJobName": "x"}),
    "Training": ("CreateTrainingJob", {"TrainingJobName": "x"}),
    "RegisterModel": ("CreateModelPackage", {}),
}


class AwsCalledError(AssertionError):
    """Building the definition asked AWS something."""


@pytest.fixture(scope="module")
def texts() -> Iterator[list[str]]:
    """Two builds of the definition, with AWS out of reach."""

    def refuse(_: Any, operation: Any, *__: Any) -> None:
        raise AwsCalledError(operation.name)

    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setattr(botocore.endpoint.Endpoint, "make_request", refuse)
        before = dict(os.environ)
        module = import_pipeline_module(DEFAULT_MODULE, PROJECT)
        yield [module.get_pipeline(PROJECT, SETTINGS).definition() for _ in range(2)]
        for name in set(os.environ) - set(before):
            del os.environ[name]


@pytest.fixture(scope="module")
def definition(texts: list[str]) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(texts[0])
    return loaded


def steps(definition: dict[str, Any]) -> dict[str, dict[str, Any]]:
    top = definition["Steps"]
    nested = [
        step
        for condition in top
        if condition["Type"] == "Condition"
        for branch in ("IfSteps", "ElseSteps")
        for step in condition["Arguments"][branch]
    ]
    return {step["Name"]: step for step in [*top, *nested]}


def test_the_job_that_reads_the_data_alone_has_the_role_for_it(definition: dict[str, Any]) -> None:
    jobs = [step for step in definition["Steps"] if step["Type"] in ("Processing", "Training")]
    roles = [step["Arguments"]["RoleArn"].rpartition("/")[2] for step in jobs]
    assert roles == ["reader", "execution", "execution"]


def test_every_job_has_the_tags_by_which_the_roles_know_it(definition: dict[str, Any]) -> None:
    jobs = [s for s in steps(definition).values() if s["Type"] in ("Processing", "Training")]
    assert jobs
    for job in jobs:
        assert {"Key": "sagemaker:project-id", "Value": PROJECT.PROJECT_ID} in (
            job["Arguments"]["Tags"]
        )


def test_a_companys_tags_stand_beside_those_of_the_project() -> None:
    told = PROJECT.model_copy(update={"TAGS": "cost-center=4711,Team=ml=platform"}).tags
    company = [{"Key": "cost-center", "Value": "4711"}, {"Key": "Team", "Value": "ml=platform"}]
    assert told == [*company, *PROJECT.tags]


def resolved(value: Any) -> Any:
    """Put a plausible string in place of every reference."""
    if isinstance(value, dict):
        if set(value) & {"Get", "Std:Join"}:
            return "Approved" if "Approval" in str(value) else "s3://bucket/key"
        return {name: resolved(item) for name, item in value.items()}
    return [resolved(item) for item in value] if isinstance(value, list) else value


def test_two_builds_are_byte_identical(texts: list[str]) -> None:
    assert texts[0] == texts[1]


def test_the_steps_are_those_of_the_documentation(definition: dict[str, Any]) -> None:
    jobs = ["Preprocess", "Train", "Evaluate"]
    if SETTINGS.gate.better_than_live_by is None:
        gate = ["CheckQuality", "Register", "ModelQualityFail"]
    else:
        checks = ["CheckQuality", "CheckLiveVersion", "CheckBoth"]
        gate = [*checks, "ModelQualityFail", "LiveVersionFail", "Register"]
    assert list(steps(definition)) == [*jobs, *gate]


def test_no_condition_step_is_in_another(definition: dict[str, Any]) -> None:
    """SageMaker Pipelines does not take that."""
    for step in definition["Steps"]:
        arguments = step["Arguments"]
        inner = [*arguments.get("IfSteps", []), *arguments.get("ElseSteps", [])]
        assert "Condition" not in [each["Type"] for each in inner]


def test_evaluation_gets_the_live_version_by_parameters(definition: dict[str, Any]) -> None:
    """Without one its folder is that of the code: SageMaker takes no input without an object."""
    arguments = steps(definition)["Evaluate"]["Arguments"]
    given = arguments["AppSpecification"]["ContainerArguments"]
    uris = {item["InputName"]: item["S3Input"]["S3Uri"] for item in arguments["ProcessingInputs"]}
    defaults = {item["Name"]: item["DefaultValue"] for item in definition["Parameters"]}
    assert given[given.index("--live-arn") + 1] == {"Get": "Parameters.LiveModelPackageArn"}
    assert uris["live"] == {"Get": "Parameters.LiveModelUrl"}
    assert defaults["LiveModelUrl"] == uris["code"]
    wanted = SETTINGS.gate.better_than_live_by
    assert ("--better-than-live-by" in given) == (wanted is not None)


def test_each_step_is_a_valid_request_of_its_service(definition: dict[str, Any]) -> None:
    model = botocore.session.get_session().get_service_model("sagemaker")
    checked = 0
    for step in steps(definition).values():
        if step["Type"] in OPERATIONS:
            operation, names = OPERATIONS[step["Type"]]
            request = {**resolved(step["Arguments"]), **names}
            shape = model.operation_model(operation).input_shape
            report = ParamValidator().validate(request, shape)
            assert not report.has_errors(), f"{step['Name']}: {report.generate_report()}"
            checked += 1
    assert checked == 4


def test_each_execution_can_choose_the_documented_parameters(definition: dict[str, Any]) -> None:
    defaults = {item["Name"]: item["DefaultValue"] for item in definition["Parameters"]}
    assert defaults == {
        "InputDataUrl": SETTINGS.data.url.replace("{region}", PROJECT.AWS_REGION),
        "ProcessingInstanceType": SETTINGS.jobs.processing_instance_type,
        "TrainingInstanceType": SETTINGS.jobs.training_instance_type,
        "ModelApprovalStatus": SETTINGS.registration.approval_status,
        "MetricThreshold": SETTINGS.gate.threshold,
        "CommitId": "unknown",
        "LiveModelPackageArn": "unknown",
        "LiveModelUrl": defaults["LiveModelUrl"],
    }


def test_what_replaces_a_setting_is_a_parameter_with_it_as_default(
    definition: dict[str, Any],
) -> None:
    declared = {item["Name"]: item["DefaultValue"] for item in definition["Parameters"]}
    shipped = SETTINGS.model_dump()
    for name, (section, member) in REPLACED_SETTINGS.items():
        value = shipped[section][member]
        region = PROJECT.AWS_REGION
        expected = value.replace("{region}", region) if isinstance(value, str) else value
        assert declared[name] == expected


def test_every_output_is_encrypted_with_the_project_s_key(definition: dict[str, Any]) -> None:
    by_name = steps(definition)
    for name in ("Preprocess", "Evaluate"):
        output = by_name[name]["Arguments"]["ProcessingOutputConfig"]
        assert output["KmsKeyId"] == PROJECT.KMS_KEY_ARN
    training = by_name["Train"]["Arguments"]["OutputDataConfig"]
    assert training["KmsKeyId"] == PROJECT.KMS_KEY_ARN


def test_every_path_is_a_job_argument(definition: dict[str, Any]) -> None:
    for name in ("Preprocess", "Evaluate"):
        arguments = steps(definition)[name]["Arguments"]
        given = arguments["AppSpecification"]["ContainerArguments"]
        paths = {item["S3Input"]["LocalPath"] for item in arguments["ProcessingInputs"]}
        paths |= {
            item["S3Output"]["LocalPath"] for item in arguments["ProcessingOutputConfig"]["Outputs"]
        }
        code = "/opt/ml/processing/input/code"
        assert all(path in given for path in paths - {code})


def test_preprocessing_is_told_which_data_its_input_is(definition: dict[str, Any]) -> None:
    arguments = steps(definition)["Preprocess"]["Arguments"]
    given = arguments["AppSpecification"]["ContainerArguments"]
    (data,) = (i for i in arguments["ProcessingInputs"] if i["InputName"] == "data")
    assert data["S3Input"]["S3Uri"] == {"Get": "Parameters.InputDataUrl"}
    assert given[given.index("--input-url") + 1] == data["S3Input"]["S3Uri"]


def test_both_jobs_are_given_the_description_of_the_data(definition: dict[str, Any]) -> None:
    for name in ("Preprocess", "Evaluate"):
        given = steps(definition)[name]["Arguments"]["AppSpecification"]["ContainerArguments"]
        file = given[given.index("--dataset-file") + 1]
        assert file == "/opt/ml/processing/input/code/dataset.toml"


def test_jobs_run_where_and_as_long_as_the_settings_say(definition: dict[str, Any]) -> None:
    jobs = SETTINGS.jobs
    network = {"SecurityGroupIds": jobs.security_groups, "Subnets": jobs.subnets}
    for name in ("Preprocess", "Train", "Evaluate"):
        arguments = steps(definition)[name]["Arguments"]
        joined = arguments.get("NetworkConfig", arguments).get("VpcConfig")
        assert joined == (network if jobs.subnets else None)
    training = steps(definition)["Train"]["Arguments"]
    stopping = {
        "MaxRuntimeInSeconds": jobs.training_timeout_seconds,
        "MaxWaitTimeInSeconds": jobs.training_max_wait_seconds,
    }
    assert training["StoppingCondition"] == {k: v for k, v in stopping.items() if v is not None}
    assert training.get("EnableManagedSpotTraining", False) is jobs.training_spot


def test_one_image_runs_the_jobs_and_the_endpoint(definition: dict[str, Any]) -> None:
    by_name = steps(definition)
    (served,) = by_name["Register"]["Arguments"]["InferenceSpecification"]["Containers"]
    trains = by_name["Train"]["Arguments"]["AlgorithmSpecification"]["TrainingImage"]
    runs = {
        by_name[n]["Arguments"]["AppSpecification"]["ImageUri"] for n in ("Preprocess", "Evaluate")
    }
    assert {served["Image"], trains, *runs} == {SETTINGS.algorithm.image or trains}


def test_a_script_that_trains_comes_by_a_channel_of_its_own(definition: dict[str, Any]) -> None:
    arguments = steps(definition)["Train"]["Arguments"]
    channels = {item["ChannelName"]: item["DataSource"] for item in arguments["InputDataConfig"]}
    parameters = arguments["HyperParameters"]
    if SETTINGS.algorithm.script is None:
        assert set(channels) == {"train", "validation"}
        assert "sagemaker_program" not in parameters
        assert "Environment" not in arguments
        return
    assert arguments["Environment"]["PIP_NO_BUILD_ISOLATION"] == "0"
    assert set(channels) == {"train", "validation", "code"}
    assert parameters["sagemaker_program"] == SETTINGS.algorithm.script
    place = "/opt/ml/input/data/code/sourcedir.tar.gz"
    assert parameters["sagemaker_submit_directory"] == place
    assert f"/{PROJECT.PIPELINE_NAME}/code/" in channels["code"]["S3DataSource"]["S3Uri"]


def test_the_gate_reads_the_metric_of_the_settings(definition: dict[str, Any]) -> None:
    (condition,) = steps(definition)["CheckQuality"]["Arguments"]["Conditions"]
    metric = SETTINGS.metric
    read = json.dumps(condition["LeftValue"])
    assert f"_metrics.{metric.name}.value" in read
    passing, missing = ("LessThanOrEqualTo", "GreaterThan")
    if metric.direction == "maximize":
        passing, missing = ("GreaterThanOrEqualTo", "LessThan")
    is_alone = SETTINGS.gate.better_than_live_by is None
    assert condition["Type"] == (passing if is_alone else missing)
    assert condition["RightValue"] == THRESHOLD


def test_jobs_are_cached_and_have_no_network(definition: dict[str, Any]) -> None:
    for name in ("Preprocess", "Train", "Evaluate"):
        step = steps(definition)[name]
        kept = SETTINGS.jobs.cache_expires_after
        assert step["CacheConfig"] == {"Enabled": True, "ExpireAfter": kept}
        arguments = step["Arguments"]
        isolated = arguments.get("NetworkConfig", arguments)["EnableNetworkIsolation"]
        assert isolated is True


def test_the_evaluated_package_is_what_is_registered(definition: dict[str, Any]) -> None:
    arguments = steps(definition)["Register"]["Arguments"]
    (container,) = arguments["InferenceSpecification"]["Containers"]
    assert "Evaluate" in json.dumps(container["ModelDataUrl"])
    assert container["Environment"]["SAGEMAKER_PROGRAM"] == "inference.py"
    assert container["Environment"]["SAGEMAKER_SUBMIT_DIRECTORY"] == "/opt/ml/model/code"
    assert container["Environment"]["PIP_NO_BUILD_ISOLATION"] == "0"
    assert arguments["ModelPackageGroupName"] == PROJECT.MODEL_PACKAGE_GROUP_NAME
    assert "Evaluate" in json.dumps(arguments["ModelMetrics"]["ModelQuality"])


def test_packages_that_travel_with_the_scripts_are_on_the_path(definition: dict[str, Any]) -> None:
    have_packages = (SCRIPTS / "requirements.txt").is_file()
    register, train = (steps(definition)[name]["Arguments"] for name in ("Register", "Train"))
    (container,) = register["InferenceSpecification"]["Containers"]
    served = container["Environment"].get("PYTHONPATH")
    assert served == ("/opt/ml/model/code/packages" if have_packages else None)
    trained = train.get("Environment", {}).get("PYTHONPATH")
    needs_them = have_packages and SETTINGS.algorithm.script is not None
    assert trained == ("/opt/ml/code/packages" if needs_them else None)


def test_the_registered_version_says_which_commit_and_execution_made_it(
    definition: dict[str, Any],
) -> None:
    arguments = steps(definition)["Register"]["Arguments"]
    assert arguments["CustomerMetadataProperties"] == {
        "commit": {"Get": "Parameters.CommitId"},
        "gate-metric": SETTINGS.metric.name,
        "gate-threshold": {
            "Std:Join": {"On": "", "Values": [{"Get": "Parameters.MetricThreshold"}]}
        },
        "pipeline-execution": {"Get": "Execution.PipelineExecutionArn"},
    }


def test_no_cached_step_depends_on_the_commit(definition: dict[str, Any]) -> None:
    for name, step in steps(definition).items():
        if step.get("CacheConfig"):
            compared = {
                key: value
                for key, value in step["Arguments"].items()
                if key != "ProcessingOutputConfig"
            }
            assert "CommitId" not in json.dumps(step), name
            assert "Execution." not in json.dumps(compared), name
