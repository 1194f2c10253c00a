"""People have the names that the dispatch function gives them."""

from __future__ import annotations

import pytest

from console.deciding.person import person_of
from deploy_dispatch.people import person

_ROLE = "arn:aws:sts::111122223333:assumed-role"


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::111122223333:root",
        "arn:aws:iam::111122223333:user/path/anna",
        "arn:aws-cn:iam::111122223333:user/anna",
        "arn:aws:sts::111122223333:federated-user/anna",
        f"{_ROLE}/reviewers/anna",
        f"{_ROLE}/reviewers/bert",
        f"{_ROLE}/AWSReservedSSO_Admin_0123456789abcdef/anna@example.com",
        f"{_ROLE}/mlops-p-abcdefghijkl-execution/SageMaker",
        "arn:aws:iam::111122223333:role/reviewers",
        "",
    ],
)
def test_a_person_is_named_as_the_function_does(arn: str) -> None:
    assert person_of(arn) == person({"IamIdentity": {"Arn": arn}}, "mlops-sm-project-dispatch")
