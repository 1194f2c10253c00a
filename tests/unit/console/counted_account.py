"""An account of as many projects and versions as a test wants, which counts what it is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from types import SimpleNamespace
from typing import Any, cast

from console.asking.account import Account
from mlops_sm_project_template.config.github_server import GithubServer
from operations.aws_session import Identity
from operations.github_access import GithubAccess
from tests.console.made_up_answers import ACCOUNT, ANSWERS, GROUP, REGION, version_arn
from tests.console.made_up_aws import session

_WHO = Identity(ACCOUNT, "aws", REGION, f"arn:aws:iam::{ACCOUNT}:user/you")
_numbers = count(1)
_WHEN = datetime(2026, 11, 27, 4, tzinfo=UTC)
_RUN = {
    "display_title": "Run",
    "name": "Deploy",
    "status": "completed",
    "conclusion": "success",
    "html_url": "https://github.example/run",
    "head_sha": "0" * 40,
    "run_started_at": _WHEN,
    "updated_at": _WHEN,
}
_SETTINGS = b"stages: [{name: dev, approval: automatic, serving: {mode: serverless}}]"


def counted_account(projects: int = 1, versions: int = 1) -> tuple[Account, Counter[str]]:
    """Make one; the counter is by service and operation."""
    asked: Counter[str] = Counter()

    def provisioned(request: Mapping[str, Any]) -> Mapping[str, Any]:
        start = int(request.get("PageToken", 0))
        end = min(start + request["PageSize"], projects)
        pattern = ANSWERS["SearchProvisionedProducts"]({})["ProvisionedProducts"][0]
        names = [f"made-up-p-{number:012}" if number else GROUP for number in range(start, end)]
        more = {"NextPageToken": str(end)} if end < projects else {}
        told = [{**pattern, "Name": name, "PhysicalId": f"stack/{name}"} for name in names]
        return {"ProvisionedProducts": told, **more}

    def listed(request: Mapping[str, Any]) -> Mapping[str, Any]:
        newest = range(versions, max(versions - request["MaxResults"], 0), -1)
        group = request["ModelPackageGroupName"]
        told = [
            {"ModelPackageArn": version_arn(n).replace(GROUP, group), "ModelPackageVersion": n}
            for n in newest
        ]
        return {"ModelPackageSummaryList": told}

    bucket = f"made-up-{next(_numbers)}"  # what is kept of another account's reports is not its

    def package(request: Mapping[str, Any]) -> Mapping[str, Any]:
        uri = f"s3://{bucket}/{request['ModelPackageName']}"
        told: Mapping[str, Any] = ANSWERS["DescribeModelPackage"](request)
        return {**told, "ModelMetrics": {"ModelQuality": {"Statistics": {"S3Uri": uri}}}}

    of_size = {
        "DescribeModelPackage": package,
        "ListModelPackages": listed,
        "SearchProvisionedProducts": provisioned,
    }
    made = session({**ANSWERS, **of_size})

    def note(model: Any, **_: Any) -> None:
        asked[f"{model.service_model.service_name}:{model.name}"] += 1

    made.events.register_first("before-call", note)
    github = cast("Any", _GitHub(asked))
    access = GithubAccess(github, "token", GithubServer("https://github.example"))
    return Account(_WHO, access, open_session=lambda: made), asked


class _GitHub:
    """Has repositories with runs and files, and counts who reads them."""

    decoded_content = _SETTINGS

    def __init__(self, asked: Counter[str]) -> None:
        self._asked, self._is_lazy = asked, False

    def withLazy(self, is_lazy: bool) -> _GitHub:  # noqa: N802 # PyGithub's name
        self._is_lazy = is_lazy
        return self

    def get_repo(self, _name: str) -> _GitHub:
        self._asked["github:repository"] += not self._is_lazy
        return self

    def get_contents(self, _path: str, *_: str) -> _GitHub:
        self._asked["github:contents"] += 1
        return self

    def get_workflow_runs(self) -> _GitHub:
        return self

    def get_page(self, _number: int) -> list[Any]:
        self._asked["github:runs"] += 1
        return [SimpleNamespace(**_RUN)]
