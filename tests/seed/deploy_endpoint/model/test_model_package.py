"""Only a version of this project's group, in its region and account, passes."""

import pytest

from deploy_endpoint.errors import ModelPackageError
from deploy_endpoint.model.approved_model import parse_model_package
from deploy_endpoint.settings.project_settings import ProjectSettings

from ..conftest import ACCOUNT, ARN, GROUP


def test_a_version_of_the_group_passes(project: ProjectSettings) -> None:
    assert parse_model_package(ARN, project) == ARN


def test_a_group_in_small_letters_passes(project: ProjectSettings) -> None:
    arn = ARN.replace(GROUP, GROUP.lower())
    assert parse_model_package(arn, project) == arn


@pytest.mark.parametrize(
    ("arn", "reason"),
    [
        ("", "No model package was given"),
        ("arn:foo", "'arn:foo' is not the ARN of a model package version"),
        (ARN + "\n", "is not the ARN of a model package version"),
        (ARN.rsplit("/", 1)[0], "is not the ARN of a model package version"),
        (ARN.replace("/7", "/0"), "is not the ARN of a model package version"),
        (ARN.replace("model-package/", "model-package-group/"), "is not the ARN"),
        (ARN.replace("eu-west-1", "us-east-1"), "is in region us-east-1, but the project is in eu"),
        (ARN.replace(ACCOUNT, "9" * 12), "is in account 999999999999, but the project is in 1111"),
        (ARN.replace(GROUP, "Other-p-0"), f"belongs to group Other-p-0, but .* is {GROUP}"),
    ],
)
def test_another_arn_is_refused_in_one_sentence(
    project: ProjectSettings, arn: str, reason: str
) -> None:
    with pytest.raises(ModelPackageError, match=reason) as error:
        parse_model_package(arn, project)
    assert str(error.value).endswith(".")
    assert ". " not in str(error.value)
