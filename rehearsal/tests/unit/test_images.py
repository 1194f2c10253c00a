"""Which environment stands for an image, and what is said when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal.aws.sagemaker.images import ImagePullError, find_image
from rehearsal.aws.sagemaker.settings import SageMakerSettings

REGISTRY = "141502667606.dkr.ecr.eu-west-1.amazonaws.com"


@pytest.fixture
def settings(tmp_path: Path) -> SageMakerSettings:
    return SageMakerSettings(
        state_dir=tmp_path,
        images_dir=tmp_path / "images",
        endpoint_url="http://127.0.0.1:1",
        account="111122223333",
        region="eu-west-1",
        root_secret="",
    )


@pytest.mark.parametrize(
    ("name", "environment", "folder"),
    [
        ("sagemaker-xgboost:3.2-0", "xgboost", "xgboost"),
        ("sagemaker-xgboost:3.2-0-cpu-py3", "xgboost", "xgboost"),
        ("sagemaker-scikit-learn:1.9-0", "scikit-learn", "scikit_learn"),
        ("sagemaker-scikit-learn:1.9-0-cpu-py3", "scikit-learn", "scikit_learn"),
    ],
)
def test_the_images_of_the_sdk_have_an_environment(
    settings: SageMakerSettings, name: str, environment: str, folder: str
) -> None:
    python = settings.images_dir / environment / "bin/python"
    python.parent.mkdir(parents=True)
    python.touch()
    image = find_image(f"{REGISTRY}/{name}", settings)
    assert image.python == python
    start, image_folder, program = image.command("train")[1:]
    assert (image_folder, program) == (folder, "train")
    assert Path(start).is_file()
    assert (Path(start).parent / folder / "train.py").is_file()


@pytest.mark.parametrize(
    "name",
    [
        "sagemaker-xgboost:1.7-1",
        "sagemaker-xgboost:3.2-01",
        "sagemaker-scikit-learn:1.4-2-py312-cpu-py3",
        "pytorch-training:2.6.0-cpu-py312",
        "sagemaker-scikit-learn",
    ],
)
def test_another_image_is_refused_with_those_there_are(
    settings: SageMakerSettings, name: str
) -> None:
    with pytest.raises(ImagePullError, match="it has sagemaker-xgboost"):
        find_image(f"{REGISTRY}/{name}", settings)


@pytest.mark.parametrize("version", [f"@sha256:{'0' * 64}", ":1.2", ""])
def test_an_environment_in_the_folder_of_its_repository_is_an_image_of_one_s_own(
    settings: SageMakerSettings, version: str
) -> None:
    python = settings.images_dir / "own/team/models/bin/python"
    python.parent.mkdir(parents=True)
    python.touch()
    image = find_image(f"{REGISTRY}/team/models{version}", settings)
    assert image.python == python
    assert image.command("train") == [str(python.with_name("train"))]
    for other in ("team", "team/models-2", "team/models/x"):
        with pytest.raises(ImagePullError, match=rf"own/{other} would stand for one of your own"):
            find_image(f"{REGISTRY}/{other}{version}", settings)


@pytest.mark.parametrize("uri", ["models:1", "docker.io/team/models", "../../x@sha256:0"])
def test_an_image_of_no_repository_of_ecr_is_refused(settings: SageMakerSettings, uri: str) -> None:
    with pytest.raises(ImagePullError, match="it is of no repository of ECR"):
        find_image(uri, settings)


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("sagemaker-xgboost:3.2-0", "make setup"),
        ("sagemaker-scikit-learn:1.9-0-cpu-py3", "make scikit-learn"),
    ],
)
def test_a_missing_environment_is_named_with_what_installs_it(
    settings: SageMakerSettings, name: str, target: str
) -> None:
    with pytest.raises(ImagePullError, match=f"is missing; `{target}` installs"):
        find_image(f"{REGISTRY}/{name}", settings)
