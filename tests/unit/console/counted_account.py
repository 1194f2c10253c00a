"""An account of as many projects and versions as a test wants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.console.made_up_answers import ANSWERS, GROUP, version_arn
from tests.console.made_up_aws import Asked, MadeUpAccount
from tests.console.texts import HOSTILE


def counted_account(projects: int = 1, versions: int = 1) -> MadeUpAccount:
    """Make one, whose versions have a report each."""

    def package(asked: Asked) -> dict[str, Any]:
        quality = {"Statistics": {"S3Uri": f"s3://made-up/{asked['ModelPackageName']}"}}
        told: dict[str, Any] = ANSWERS["DescribeModelPackage"](asked)
        return {**told, "ModelMetrics": {"ModelQuality": quality}}

    of_size = {
        "DescribeModelPackage": package,
        "ListModelPackages": _listed(versions),
        "SearchProvisionedProducts": _provisioned(projects),
    }
    return MadeUpAccount({**ANSWERS, **of_size}, text=HOSTILE)


def _provisioned(projects: int) -> Callable[[Asked], dict[str, Any]]:
    pattern = ANSWERS["SearchProvisionedProducts"]["ProvisionedProducts"][0]

    def answer(asked: Asked) -> dict[str, Any]:
        start = int(asked.get("PageToken", 0))
        end = min(start + asked["PageSize"], projects)
        names = [f"made-up-p-{number:012}" if number else GROUP for number in range(start, end)]
        told = [{**pattern, "Name": name, "PhysicalId": f"stack/{name}"} for name in names]
        more = {"NextPageToken": str(end)} if end < projects else {}
        return {"ProvisionedProducts": told, **more}

    return answer


def _listed(versions: int) -> Callable[[Asked], dict[str, Any]]:
    def answer(asked: Asked) -> dict[str, Any]:
        newest = range(versions, max(versions - asked["MaxResults"], 0), -1)
        group = asked["ModelPackageGroupName"]
        told = [
            {"ModelPackageArn": version_arn(n).replace(GROUP, group), "ModelPackageVersion": n}
            for n in newest
        ]
        return {"ModelPackageSummaryList": told}

    return answer
