"""Names that other systems know: a change of one breaks projects that exist."""

from mlops_sm_project_template.config import names

_NAME, _ID = "abalone", "p-0123456789ab"


def test_names_of_a_project() -> None:
    assert names.build_repository(_NAME) == "abalone-build"
    assert names.deploy_repository(_NAME) == "abalone-deploy"
    assert names.pipeline(_NAME, _ID) == "abalone-p-0123456789ab"
    assert names.bucket(_ID) == "mlops-sm-project-p-0123456789ab"
    assert names.key_alias(_ID) == "alias/mlops-sm-project-p-0123456789ab"
    assert names.token_secret(_ID) == "mlops-sm-project/p-0123456789ab/github-token"
    assert names.project_parameter(_NAME, _ID) == "/mlops-sm-project/abalone-p-0123456789ab"
    assert names.project_role(_ID, "build") == "mlops-p-0123456789ab-build"
    assert names.endpoint_stack(_ID, "dev") == "mlops-p-0123456789ab-dev"
    assert names.endpoint(_NAME, "dev") == "abalone-dev"


def test_longest_names_fit_the_services() -> None:
    name = "n" * 32
    assert len(names.pipeline(name, _ID)) <= 63, "model package group"
    assert len(names.bucket(_ID)) <= 63, "S3"
    assert len(names.endpoint(name, "staging")) <= 63, "endpoint"
    assert len(names.project_role(_ID, "cloudformation")) <= 64, "IAM"
    assert len(names.deploy_repository(name)) <= 100, "GitHub"
