"""What is left in the accounts and on GitHub after the clean-up, and what it costs."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from mlops_sm_project_template.config import names
from operations.prices import load_prices
from rehearsal.conductor.acts.current_play import PROJECT_NAME, Play
from rehearsal.conductor.aws_accounts import AwsUser
from rehearsal.conductor.github_setup import DATA_SCIENTIST

_ROLES = (f"*{names.project_role(names.ANY_PROJECT_ID, '*')}", f"*{names.LAUNCH_ROLE}*")
_OF_THE_ACCOUNT = ("cdk-", "CDKToolkit", "sagemaker-servicecatalog-seedcode-")


@dataclass(frozen=True)
class Remain:
    """One thing that is left.

    Attributes:
        chosen: whether somebody chose that it stays.
        monthly_usd: its cost in US dollars a month at its present size.
    """

    kind: str
    name: str
    why: str
    chosen: bool
    monthly_usd: float

    def as_dict(self) -> dict[str, Any]:
        """Give it for the report."""
        return asdict(self)


def list_remains(play: Play) -> list[Remain]:
    """Look at everything the lifecycle can have left, project and product alike."""
    administrator = play.world.administrator
    remains = [
        *_repositories(play),
        *_products(administrator.client("servicecatalog")),
        *_of_account(administrator),
    ]
    for name, account in play.options.stage_accounts.items():
        user = play.user_of(name)
        found = [*_of_account(user), *_providers(user.client("iam"))]
        remains += [replace(remain, why=f"{remain.why} (account {account})") for remain in found]
    return remains


def _of_account(user: AwsUser) -> Iterator[Remain]:
    yield from _buckets(user.client("s3"))
    yield from _keys(user.client("kms"))
    yield from _model_groups(user.client("sagemaker"))
    yield from _log_groups(user.client("logs"))
    yield from left_tables(user.client("dynamodb"))
    yield from _forbidden(user.client)


def _repositories(play: Play) -> Iterator[Remain]:
    for repository in play.github(DATA_SCIENTIST).get_user().get_repos():
        if repository.name.startswith(PROJECT_NAME):
            why = (
                "archived, as RepositoriesOnDelete asks" if repository.archived else "not archived"
            )
            yield Remain("repository", repository.full_name, why, repository.archived, 0.0)


def _products(catalog: Any) -> Iterator[Remain]:
    for view in catalog.search_products_as_admin()["ProductViewDetails"]:
        name = view["ProductViewSummary"]["Name"]
        yield Remain("product", name, "no project uses it", False, 0.0)


def _buckets(s3: Any) -> Iterator[Remain]:
    for bucket in s3.list_buckets()["Buckets"]:
        name = bucket["Name"]
        if name.startswith(_OF_THE_ACCOUNT):
            continue
        versions = s3.list_object_versions(Bucket=name).get("Versions", [])
        size = sum(version["Size"] for version in versions)
        yield Remain(
            "bucket",
            name,
            f"{len(versions)} objects, {size / 1e6:.1f} MB, kept as DataOnDelete asks",
            bool(versions),
            size / 1e9 * load_prices().s3_gb_month.usd,
        )


def _keys(kms: Any) -> Iterator[Remain]:
    for key in kms.list_keys()["Keys"]:
        described = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        if described["KeyState"] == "Enabled" and described["KeyManager"] == "CUSTOMER":
            yield Remain(
                "key",
                described["KeyId"],
                "decrypts the data in the bucket",
                True,
                load_prices().kms_key_month.usd,
            )


def _model_groups(sagemaker: Any) -> Iterator[Remain]:
    for group in sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]:
        name = group["ModelPackageGroupName"]
        versions = sagemaker.list_model_packages(ModelPackageGroupName=name)
        count = len(versions["ModelPackageSummaryList"])
        yield Remain("model package group", name, f"{count} versions", count > 0, 0.0)


def _log_groups(logs: Any) -> Iterator[Remain]:
    for group in logs.describe_log_groups()["logGroups"]:
        stored = group.get("storedBytes", 0)
        yield Remain(
            "log group",
            group["logGroupName"],
            f"{stored / 1e3:.0f} kB, SageMaker writes it outside every stack",
            group["logGroupName"].startswith("/aws/sagemaker/"),
            stored / 1e9 * load_prices().log_gb_month.usd,
        )


def left_tables(dynamodb: Any) -> Iterator[Remain]:
    """Tables of an account, of which the product's stays by choice while it is protected."""
    for name in dynamodb.list_tables()["TableNames"]:
        table = dynamodb.describe_table(TableName=name)["Table"]
        size = table.get("TableSizeBytes", 0)
        is_ledger = name == names.APPROVAL_TABLE
        yield Remain(
            "table",
            name,
            "what was approved and deployed, for the next registration"
            if is_ledger
            else "nobody asked for it",
            is_ledger and table.get("DeletionProtectionEnabled", False),
            size / 1e9 * load_prices().table_gb_month.usd,
        )


def _providers(iam: Any) -> Iterator[Remain]:
    for provider in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
        yield Remain(
            "OpenID Connect provider",
            provider["Arn"].partition(":oidc-provider/")[2],
            "an account has one, which other stages share",
            True,
            0.0,
        )


def _forbidden(client: Callable[[str], Any]) -> Iterator[Remain]:
    """Things of which none may be left."""
    for kind, service, operation, result, name, monthly_usd in (
        ("endpoint", "sagemaker", "list_endpoints", "Endpoints", "EndpointName", 0.0),
        ("model", "sagemaker", "list_models", "Models", "ModelName", 0.0),
        ("pipeline", "sagemaker", "list_pipelines", "PipelineSummaries", "PipelineName", 0.0),
        ("function", "lambda", "list_functions", "Functions", "FunctionName", 0.0),
        (
            *("secret", "secretsmanager", "list_secrets", "SecretList", "Name"),
            load_prices().secret_month.usd,
        ),
    ):
        for item in getattr(client(service), operation)()[result]:
            yield Remain(kind, item[name], "nobody asked for it", False, monthly_usd)
    for alarm in client("cloudwatch").describe_alarms()["MetricAlarms"]:
        yield Remain(
            "alarm", alarm["AlarmName"], "nobody asked for it", False, load_prices().alarm_month.usd
        )
    for queue in client("sqs").list_queues().get("QueueUrls", []):
        yield Remain("queue", queue, "nobody asked for it", False, 0.0)
    for role in client("iam").list_roles()["Roles"]:
        if any(fnmatchcase(role["RoleName"], pattern) for pattern in _ROLES):
            yield Remain("role", role["RoleName"], "nobody asked for it", False, 0.0)
