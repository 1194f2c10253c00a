"""A stage's own account looks whether it may use the model, before anything is changed."""

from pathlib import Path

import pytest
from botocore.stub import Stubber

from deploy_endpoint.commands.shared_model import check_shared
from deploy_endpoint.errors import AwsCallError, StageAccountError

from ..conftest import ACCOUNT, ARN, GROUP, OTHER_ACCOUNT, Stub, run_command

ASKED = {"ModelPackageName": ARN}


def add_denial(stubber: Stubber, code: str = "AccessDeniedException") -> None:
    stubber.add_client_error("describe_model_package", code, "No.", expected_params=ASKED)


def test_a_model_that_is_shared_is_seen(stub: Stub) -> None:
    sagemaker, stubber = stub("sagemaker")
    stubber.add_response(
        "describe_model_package",
        {
            "ModelPackageName": GROUP,
            "ModelPackageArn": ARN,
            "CreationTime": "2026-11-01",
            "ModelPackageStatus": "Completed",
            "ModelPackageStatusDetails": {"ValidationStatuses": []},
        },
        ASKED,
    )
    check_shared(sagemaker, ARN, OTHER_ACCOUNT)


def test_an_account_that_is_not_let_in_is_told_what_to_update(stub: Stub) -> None:
    sagemaker, stubber = stub("sagemaker")
    add_denial(stubber)
    with pytest.raises(StageAccountError) as error:
        check_shared(sagemaker, ARN, OTHER_ACCOUNT)
    assert str(error.value) == (
        f"Account {OTHER_ACCOUNT} may not use the models of this project; add it to StageAccounts "
        "when you update the project in Studio, bring its stack up to date with `make account`, "
        "and run this again."
    )


def test_another_fault_keeps_its_reason(stub: Stub) -> None:
    sagemaker, stubber = stub("sagemaker")
    add_denial(stubber, "ThrottlingException")
    with pytest.raises(AwsCallError, match="ThrottlingException, No"):
        check_shared(sagemaker, ARN, OTHER_ACCOUNT)


def test_the_command_hands_its_refusal_on(
    repository: Path, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    sagemaker, stubber = stub("sagemaker")
    add_denial(stubber)
    monkeypatch.setattr("boto3.client", lambda *_, **__: sagemaker)
    monkeypatch.setenv("MODEL_PACKAGE_ARN", ARN)
    monkeypatch.setenv("GITHUB_OUTPUT", str(repository / "outputs"))
    with pytest.raises(SystemExit, match=f"^error: Account {ACCOUNT} may not use the models"):
        run_command("shared_model", "--stage", "dev")
    assert (repository / "outputs").read_text().startswith("reason=Account")
