"""The settings file of a stage: what is taken, and how the rest is refused."""

from pathlib import Path

import pytest
from deploy_endpoint.errors import SettingsError
from deploy_endpoint.stage_settings import StageSettings, check_stage_name, load_stage

GOOD = "instance_type: ml.m5.large\ninitial_instance_count: 2\n"


def refusal(path: Path, text: str) -> str:
    path.write_text(text)
    with pytest.raises(SettingsError) as error:
        load_stage(path)
    return str(error.value)


def test_the_shipped_settings_are_valid(repository: Path) -> None:
    assert load_stage(repository / "config" / "dev.yml").initial_instance_count == 1


def test_data_capture_is_optional(repository: Path) -> None:
    path = repository / "config" / "dev.yml"
    path.write_text(GOOD + "data_capture: {sampling_percentage: 20}\n")
    stage = load_stage(path)
    assert stage.data_capture is not None
    assert stage.data_capture.sampling_percentage == 20


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            GOOD + "instance_typ: ml.m5.large\n",
            "config/dev.yml: instance_typ is not a known setting; remove it or use one of: "
            "data_capture, initial_instance_count, instance_type.",
        ),
        (
            GOOD + "data_capture: {percentage: 5, sampling_percentage: 5}\n",
            "config/dev.yml: data_capture.percentage is not a known setting; "
            "remove it or use one of: sampling_percentage.",
        ),
        (
            GOOD + "data_capture: {sampling_percentage: 0}\n",
            "config/dev.yml: data_capture.sampling_percentage is 0; "
            "give a whole number from 1 to 100.",
        ),
        (
            GOOD + "data_capture: 50\n",
            "config/dev.yml: data_capture is 50; "
            "give a mapping with sampling_percentage, or leave it out.",
        ),
        (
            "instance_type: ml.m5.large\n",
            "config/dev.yml: initial_instance_count is missing; "
            "give a whole number of instances from 1 to 100.",
        ),
        (
            "instance_type: ml.m5.large\ninitial_instance_count: '2'\n",
            "config/dev.yml: initial_instance_count is '2'; "
            "give a whole number of instances from 1 to 100.",
        ),
        (
            "instance_type: m5.large\ninitial_instance_count: 1\n",
            "config/dev.yml: instance_type is 'm5.large'; "
            "give an instance type such as ml.m5.large.",
        ),
        ("", "config/dev.yml holds no settings; write them as `name: value` lines."),
        (
            "instance_typ: ml.m5.large\ninitial_instance_count: 1\n",
            "config/dev.yml: instance_typ is not a known setting; remove it or use one of: "
            "data_capture, initial_instance_count, instance_type.",
        ),
    ],
)
def test_a_wrong_file_is_refused_in_one_sentence(
    repository: Path, text: str, sentence: str
) -> None:
    assert refusal(repository / "config" / "dev.yml", text) == sentence


def test_text_that_is_not_yaml_is_refused_with_its_place(repository: Path) -> None:
    sentence = refusal(repository / "config" / "dev.yml", "\na: b: c\n")
    assert sentence == "config/dev.yml is not YAML; correct line 2."


def test_bytes_that_are_not_text_are_refused(repository: Path) -> None:
    path = repository / "config" / "dev.yml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match=r"is not text; write it as YAML in UTF-8\.$"):
        load_stage(path)


def test_a_stage_without_file_is_refused(repository: Path) -> None:
    with pytest.raises(SettingsError, match=r"There is no config/prod\.yml; add it"):
        load_stage(repository / "config" / "prod.yml")


@pytest.mark.parametrize("name", ["Dev", "../dev", "dev-", "a" * 16, ""])
def test_a_malformed_stage_name_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="is not a stage name"):
        check_stage_name(name)


@pytest.mark.parametrize(
    ("instance_type", "local"),
    [
        ("ml.t2.medium", False),
        ("ml.m5.large", False),
        ("ml.c6g.large", False),
        ("ml.g5g.xlarge", False),
        ("ml.inf2.xlarge", False),
        ("ml.p3.2xlarge", False),
        ("ml.m5d.large", True),
        ("ml.c6gd.large", True),
        ("ml.r5dn.large", True),
        ("ml.g4dn.xlarge", True),
        ("ml.g5.xlarge", True),
        ("ml.g6e.xlarge", True),
        ("ml.gr6.4xlarge", True),
        ("ml.p4de.24xlarge", True),
        ("ml.p5.48xlarge", True),
        ("ml.trn1.2xlarge", True),
    ],
)
def test_instances_with_local_storage_are_known(instance_type: str, *, local: bool) -> None:
    stage = StageSettings(instance_type=instance_type, initial_instance_count=1)
    assert stage.has_local_storage is local
