"""Who launched a project, by what AWS recorded itself.

Parameters and tags are set by whoever launches, so that none of them is asked. The stack that
CloudFormation names leads to the launched product, and Service Catalog tells whose session launched
that. SageMaker tells which of its projects has this launched product, and who created it: a launch
that is no project of SageMaker's, or gives the id of another one, is nobody's.
Source: API references, ProvisionedProductAttribute (UserArn, UserArnSession) and DescribeProject
(CreatedBy, ServiceCatalogProvisionedProductDetails).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from github_client.errors import TokenError
from invocation.aws_errors import AWS_ERRORS, error_text, in_words, is_passing
from invocation.deadline import Deadline

_STACK = re.compile(
    r"arn:[^:]+:cloudformation:[^:]+:(?P<account>[0-9]{12}):stack/SC-(?P=account)-(?P<id>pp-\w+)/.+"
)
_PRINCIPAL = re.compile(
    r"arn:[^:]+:(?:iam|sts)::(?P<account>[0-9]{12}):(?P<kind>role|assumed-role|user)/(?P<name>.+)"
)
# What AWS has just begun it may not tell at once.
_PAUSES_SECONDS = (1.0, 2.0, 4.0, 8.0, 16.0)


class LauncherUnknownError(TokenError):
    """AWS does not tell who launched the project."""

    def __init__(self, owner: str, why: str, *, passes: bool = False) -> None:
        self.is_passing = passes
        super().__init__(
            f"Who launched this project is not known ({why}), so the credential stored for {owner} "
            "is not used; create the project in SageMaker Studio, or give a token as "
            "GithubAccessToken."
        )


class _NotToldError(Exception):
    """AWS does not tell something, or not yet."""

    def __init__(self, why: str, *, is_final: bool = False) -> None:
        super().__init__(why)
        self.is_final = is_final


@dataclass(frozen=True)
class Launch:
    """What claims to be the launch of a project.

    Attributes:
        stack_id: as CloudFormation names it.
        project_name: a parameter of the launch.
        project_id: the same.
        owner: whose credential is asked for.
    """

    stack_id: str
    project_name: str
    project_id: str
    owner: str


def find_launcher(launch: Launch, aws: Callable[[str], Any], deadline: Deadline) -> str:
    """Return who launched, as `identity_of` writes it.

    Raises:
        LauncherUnknownError: AWS does not tell, or its two records do not agree.
    """
    for pause in (*_PAUSES_SECONDS, None):
        try:
            return _look(launch, aws)
        except AWS_ERRORS as error:
            raise LauncherUnknownError(
                launch.owner, in_words(error), passes=is_passing(error)
            ) from None
        except _NotToldError as error:
            if error.is_final or pause is None or not deadline.allows(pause):
                raise LauncherUnknownError(launch.owner, str(error)) from None
            deadline.sleep(pause)
    raise AssertionError  # the last round has no pause


def identity_of(arn: str) -> str:
    """Return who an ARN is, as `111122223333 role Team-A`; empty if no role and no user.

    The ARN of a role's session lacks the path of the role. Names are unique in an account whatever
    the path, so that they alone are compared.
    """
    told = _PRINCIPAL.fullmatch(arn)
    if told is None:
        return ""
    parts = told["name"].split("/")
    if told["kind"] == "user":
        return f"{told['account']} user {parts[-1]}"
    name = parts[0] if told["kind"] == "assumed-role" else parts[-1]
    return f"{told['account']} role {name}"


def _look(launch: Launch, aws: Callable[[str], Any]) -> str:
    stack = _STACK.fullmatch(launch.stack_id)
    if stack is None:
        raise _NotToldError("its stack is not one of Service Catalog's", is_final=True)
    launched = _launched(aws("servicecatalog"), stack["id"], launch.stack_id)
    recorded = [launched.get(member) for member in ("UserArn", "UserArnSession")]
    recorded.append(_creator(aws("sagemaker"), launch, stack["id"]))
    identities = {identity_of(str(arn)) for arn in recorded if arn}
    if len(identities) != 1 or "" in identities:
        raise _NotToldError("AWS names nobody, or more than one", is_final=True)
    return identities.pop()


def _launched(catalog: Any, id_: str, stack_id: str) -> Mapping[str, Any]:
    found = catalog.search_provisioned_products(
        AccessLevelFilter={"Key": "Account", "Value": "self"},
        Filters={"SearchQuery": [f"id:{id_}"]},
    )["ProvisionedProducts"]
    for one in found:
        if one["Id"] == id_ and one.get("PhysicalId") in (None, stack_id):
            return dict(one)
    raise _NotToldError(f"Service Catalog does not know {id_}")


def _creator(sagemaker: Any, launch: Launch, provisioned_id: str) -> str | None:
    """Return the ARN that SageMaker recorded, if it recorded one, of whoever made the project."""
    try:
        project = sagemaker.describe_project(ProjectName=launch.project_name)
    except ClientError as error:
        if "does not exist" not in error_text(error):
            raise
        raise _NotToldError(f"SageMaker has no project {launch.project_name}") from None
    details = project.get("ServiceCatalogProvisionedProductDetails", {})
    launched = details.get("ProvisionedProductId")
    if launched is None:
        raise _NotToldError("SageMaker does not tell what it launched for the project")
    if (launched, project["ProjectId"]) != (provisioned_id, launch.project_id):
        raise _NotToldError(
            f"{launch.project_name} with the id {launch.project_id} is not the project that "
            "SageMaker launched as this",
            is_final=True,
        )
    arn = project.get("CreatedBy", {}).get("IamIdentity", {}).get("Arn")
    return str(arn) if arn else None
