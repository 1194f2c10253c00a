"""One person is one name, however he came in; who cannot be named is nobody."""

from typing import Any

import pytest

from deploy_dispatch.people import person

FUNCTION = "mlops-sm-project-dispatch"
ACCOUNT = "111122223333"
ANNA = f"arn:aws:iam::{ACCOUNT}:user/anna"
PROFILE = f"arn:aws:sagemaker:eu-west-1:{ACCOUNT}:user-profile/d-1/anna"


def _session(role: str, name: str) -> str:
    return f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}"


def _who(arn: str = "", **more: str) -> str:
    identity = {"Arn": arn, **{key: more.pop(key) for key in ["SourceIdentity"] if key in more}}
    return person({"IamIdentity": identity, **more}, FUNCTION)


@pytest.mark.parametrize(
    ("context", "name"),
    [
        ({}, ""),
        ({"IamIdentity": {}}, ""),
        ({"IamIdentity": {"Arn": ANNA}}, ANNA),
        ({"IamIdentity": {"Arn": f"arn:aws:iam::{ACCOUNT}:root"}}, f"arn:aws:iam::{ACCOUNT}:root"),
        ({"IamIdentity": {"Arn": "anything"}}, ""),
        ({"UserProfileArn": PROFILE}, PROFILE),
        ({"UserProfileArn": PROFILE, "IamIdentity": {"Arn": _session("Studio", "x")}}, PROFILE),
        ({"IamIdentity": {"Arn": _session("Ops", "x")}}, f"arn:aws:iam::{ACCOUNT}:role/Ops"),
    ],
)
def test_a_person_has_one_name(context: dict[str, Any], name: str) -> None:
    assert person(context, FUNCTION) == name


def test_two_sessions_of_a_role_are_one_person() -> None:
    assert _who(_session("Ops", "one")) == _who(_session("Ops", "two"))


def test_two_permission_sets_of_one_identity_center_user_are_one_person() -> None:
    one, other = "AWSReservedSSO_Admin_0123456789abcdef", "AWSReservedSSO_Read_0123456789abcdef"
    assert _who(_session(one, "anna@x.org")) == _who(_session(other, "anna@x.org"))
    assert _who(_session(one, "anna@x.org")) != _who(_session(one, "bert@x.org"))


def test_a_source_identity_tells_the_people_of_a_role_apart() -> None:
    anna, bert = (_who(_session("Ops", "x"), SourceIdentity=name) for name in ("anna", "bert"))
    assert anna != bert
    assert anna == _who(_session("Other", "y"), SourceIdentity="anna")


@pytest.mark.parametrize(
    "arn",
    [
        _session("any", FUNCTION),
        _session("mlops-p-abcdefghijkl-execution", "SageMaker"),
        _session("mlops-p-abcdefghijkl-deploy-prod", "deploy-1"),
    ],
)
@pytest.mark.parametrize("more", [{}, {"SourceIdentity": "anna"}, {"UserProfileArn": PROFILE}])
def test_the_function_and_the_roles_of_projects_are_nobody(arn: str, more: dict[str, str]) -> None:
    assert _who(arn, **more) == ""
