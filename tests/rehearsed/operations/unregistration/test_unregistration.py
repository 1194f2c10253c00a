"""The way back refuses while projects exist, goes on where it was stopped, and keeps data."""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from mlops_sm_project_template.config import names
from operations.errors import OperationError
from operations.installation import STACK
from operations.registration import prerequisites_step
from operations.steps.row import Done, plan
from operations.unregistration.data_choices import Holder, choose
from operations.unregistration.errors import ProjectsExistError
from operations.unregistration.setting import DISTRIBUTOR, TABLE, Setting
from operations.unregistration.unregistration import steps_of
from rehearsal.tests.catalog.shop import TEMPLATE
from rehearsal.tests.emulator.local_aws import Keys, LocalAws, allow, trust
from tests.rehearsed.operations.disturbed_steps import (
    Killed,
    carry_all_out,
    kill_at,
    overtake_at,
)
from tests.rehearsed.operations.unregistration.conftest import (
    PROVIDER,
    Registered,
    prepare,
    setting_of,
)

pytestmark = [pytest.mark.tier("test"), pytest.mark.timeout(300)]

PREREQUISITES = prerequisites_step.STACK
_ALLOWED = [
    "cloudformation:*",
    "servicecatalog:*",
    "dynamodb:*",
    "s3:*",
    "iam:*",
    "ssm:*",
    "sts:*",
]


def unregister(setting: Setting) -> list[Done]:
    """Do all that is to be done."""
    return carry_all_out(steps_of(setting))


def providers(aws: LocalAws) -> list[str]:
    listed = aws.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
    return [one["Arn"] for one in listed]


def trust_provider(aws: LocalAws, name: str = "others") -> None:
    """Somebody else's role that workflows take."""
    aws.role(name, trust({"Federated": PROVIDER}, Action="sts:*"))


def check_gone(registered: Registered) -> None:
    """What the registration made is gone; what others have is not."""
    assert not registered.exists()
    assert not registered.exists(PREREQUISITES)
    assert registered.products() == [f"Thing of {registered.theirs}"]
    assert registered.exists(registered.theirs)


def test_the_names_are_those_of_the_template() -> None:
    assert (TABLE, DISTRIBUTOR) == (names.APPROVAL_TABLE, names.DISTRIBUTOR)


def test_the_bucket_is_that_of_the_template(setting: Setting) -> None:
    identity = setting.identity
    expected = names.version_bucket(identity.account, identity.region)
    assert setting.version_bucket == expected


def test_all_goes_but_data_and_then_there_is_nothing_to_do(
    setting: Setting, registered: Registered
) -> None:
    lines = plan(steps_of(setting))
    assert lines == [
        f"delete the stack {STACK}: the product with its versions and their bucket",
        f"delete the stack {PREREQUISITES}",
    ]
    assert [one.did for one in unregister(setting) if one.did] == lines
    check_gone(registered)
    assert providers(registered.aws) == []
    table = registered.table()
    assert table is not None
    assert table["DeletionProtectionEnabled"] is True
    assert plan(steps_of(setting)) == []


def test_after_a_kill_at_any_step_the_next_start_goes_on(
    setting: Setting, registered: Registered
) -> None:
    setting = choose(setting, lambda _holder: True)
    for place in (1, 3, 4):  # those that have something to do
        assert kill_at(steps_of(setting), place, before=True)
        assert kill_at(steps_of(setting), place, before=False)
    check_gone(registered)
    assert registered.table() is None
    assert plan(steps_of(setting)) == []


@pytest.mark.parametrize("place", [0, 1, 3, 4])
def test_what_another_removal_does_after_a_look_is_not_done_again(
    setting: Setting, registered: Registered, place: int
) -> None:
    dynamodb = registered.aws.client("dynamodb")
    dynamodb.update_table(TableName=TABLE, DeletionProtectionEnabled=False)
    others = choose(setting, lambda _holder: True)
    overtake_at(steps_of(setting if place == 0 else others), steps_of(others), place)
    check_gone(registered)
    assert plan(steps_of(others)) == []


def test_a_bucket_that_another_removal_deleted_after_a_look_is_gone(
    setting: Setting, registered: Registered
) -> None:
    unregister(setting)
    _leave_bucket(setting)
    everything = choose(setting, lambda _holder: True)
    overtake_at(steps_of(everything), steps_of(everything), 2)
    assert plan(steps_of(everything)) == []


def test_a_kill_while_a_stack_is_deleted_is_waited_out(
    setting: Setting, registered: Registered
) -> None:
    def die(_seconds: float) -> None:
        raise Killed

    for _ in range(3):
        with contextlib.suppress(Killed):  # unless it is over before anybody waits for it
            unregister(replace(setting, sleep=die))
    unregister(setting)
    check_gone(registered)


def test_a_stack_that_somebody_else_deletes_is_waited_for(
    setting: Setting, registered: Registered
) -> None:
    cloudformation = registered.aws.client("cloudformation")
    for stack in (STACK, PREREQUISITES):
        cloudformation.delete_stack(StackName=stack)
    unregister(setting)
    check_gone(registered)


def test_a_change_set_that_nobody_executed_is_no_work_in_progress(
    setting: Setting, registered: Registered
) -> None:
    unregister(setting)
    registered.aws.client("cloudformation").create_change_set(
        StackName=STACK,
        ChangeSetName="left",
        ChangeSetType="CREATE",
        TemplateBody='{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}',
    )
    assert plan(steps_of(setting))[0].startswith(f"delete the stack {STACK}")
    unregister(setting)
    assert not registered.exists()


def test_while_projects_exist_nothing_is_done(setting: Setting, registered: Registered) -> None:
    for name in ("churn-p-1", "fraud-p-2"):
        registered.ended(registered.provision(name, name))
    with pytest.raises(ProjectsExistError) as refused:
        plan(steps_of(setting))
    assert str(refused.value).startswith("2 projects still exist (churn-p-1, fraud-p-2), which")
    with pytest.raises(ProjectsExistError):
        unregister(setting)
    assert registered.exists()
    assert registered.exists(PREREQUISITES)


def test_what_others_launch_of_their_product_is_no_project(
    setting: Setting, registered: Registered
) -> None:
    catalog = setting.client("servicecatalog")
    products = catalog.search_products_as_admin()["ProductViewDetails"]
    (theirs,) = (
        view["ProductViewSummary"]["ProductId"]
        for view in products
        if view["ProductViewSummary"]["Name"] == f"Thing of {registered.theirs}"
    )
    other = replace(registered, product_id=theirs)
    other.ended(other.provision("something"))
    unregister(setting)
    check_gone(registered)


def test_many_projects_are_not_all_named() -> None:
    told = str(ProjectsExistError([f"p{number}" for number in range(9)]))
    assert told.startswith("9 projects still exist (p0, p1, p2, p3, p4 and 4 more), which")


def test_a_table_that_stays_is_protected_before_its_stack_goes(
    setting: Setting, registered: Registered
) -> None:
    dynamodb = registered.aws.client("dynamodb")
    dynamodb.update_table(TableName=TABLE, DeletionProtectionEnabled=False)
    assert plan(steps_of(setting))[0] == f"protect the table {TABLE} against deletion"
    unregister(setting)
    table = registered.table()
    assert table is not None
    assert table["DeletionProtectionEnabled"] is True


def _leave_bucket(setting: Setting) -> None:
    """The bucket of versions, with two versions of an object and one that was deleted."""
    s3, name = setting.client("s3"), setting.version_bucket
    place = {"LocationConstraint": setting.identity.region}
    s3.create_bucket(Bucket=name, CreateBucketConfiguration=place)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"one", b"two"):
        s3.put_object(Bucket=name, Key="a.zip", Body=body)
    s3.put_object(Bucket=name, Key="b.zip", Body=b"three")
    s3.delete_object(Bucket=name, Key="b.zip")


def _buckets(setting: Setting) -> list[str]:
    return [one["Name"] for one in setting.client("s3").list_buckets()["Buckets"]]


def test_each_thing_that_holds_data_is_asked_for(setting: Setting, registered: Registered) -> None:
    unregister(setting)
    _leave_bucket(setting)
    asked: list[Holder] = []

    def only_bucket(holder: Holder) -> bool:
        asked.append(holder)
        return holder.name == setting.version_bucket

    chosen = choose(setting, only_bucket)
    assert [one.name for one in asked] == [TABLE, setting.version_bucket]
    assert len(plan(steps_of(chosen))) == 1
    unregister(chosen)
    assert setting.version_bucket not in _buckets(setting)
    assert registered.table() is not None

    unregister(choose(setting, lambda holder: holder.name == TABLE))
    assert registered.table() is None
    assert plan(steps_of(setting)) == []


def test_the_bucket_of_a_product_that_is_left_stays(
    setting: Setting, registered: Registered
) -> None:
    _leave_bucket(setting)
    everything = choose(setting, lambda _holder: True)
    assert everything.deleted == {TABLE}  # the stack's function takes the bucket along
    unregister(setting)
    assert setting.version_bucket in choose(setting, lambda _holder: True).deleted

    registered.aws.stack(STACK, {"Queue": {"Type": "AWS::SQS::Queue"}})
    assert choose(setting, lambda _holder: True).deleted == {TABLE}
    registered.aws.delete_stack(STACK)
    version = {"LoadTemplateFromURL": registered.upload("ours.json", TEMPLATE)}
    setting.client("servicecatalog").create_product(
        Name="Left",
        Owner="us",
        Distributor=f"{DISTRIBUTOR}/BasicProjectStack",
        ProductType="CLOUD_FORMATION_TEMPLATE",
        ProvisioningArtifactParameters={"Name": "1.0", "Info": version},
    )
    assert choose(setting, lambda _holder: True).deleted == {TABLE}
    assert plan(steps_of(replace(setting, deleted=frozenset({setting.version_bucket})))) == []


def test_a_provider_that_others_use_stays(setting: Setting, registered: Registered) -> None:
    trust_provider(registered.aws)
    (_, line) = plan(steps_of(setting))
    assert line == f"delete the stack {PREREQUISITES}, but leave {PROVIDER}, trusted by others"
    assert kill_at(steps_of(setting), 4, before=True)
    unregister(setting)
    check_gone(registered)
    assert providers(registered.aws) == [PROVIDER]
    prepare(registered.aws, CreateOpenIdConnectProvider="false")
    unregister(setting)
    check_gone(registered)
    assert providers(registered.aws) == [PROVIDER]


def may_not(aws: LocalAws, *actions: str) -> Keys:
    """Keys of somebody who may do all that is needed but this."""
    deny = {"Effect": "Deny", "Action": list(actions), "Resource": "*"}
    return aws.user(f"without-{len(actions)}", allow(_ALLOWED), deny)


def test_what_cloudformation_cannot_delete_is_told_each_time(
    setting: Setting, registered: Registered
) -> None:
    aws = registered.aws
    trust_provider(aws)
    for actions, part in (
        (["iam:DeletePolicy", "iam:DeleteRole"], r"\w+Permissions"),
        (["iam:DeleteRole"], "RegistrationRole"),
    ):
        with pytest.raises(OperationError) as refused:
            unregister(setting_of(may_not(aws, *actions)))
        told = str(refused.value)
        assert re.match(rf"The stack {PREREQUISITES} was not deleted \({part}: ", told), told
        assert "\n" not in told
    assert providers(aws) == [PROVIDER]
    unregister(setting)
    check_gone(registered)
    assert providers(aws) == [PROVIDER]


def test_a_provider_is_left_when_an_earlier_deletion_failed(
    setting: Setting, registered: Registered
) -> None:
    aws = registered.aws
    keys = may_not(aws, "iam:DeleteOpenIDConnectProvider")
    with pytest.raises(OperationError, match=r"was not deleted \(OpenIdConnectProvider: "):
        unregister(setting_of(keys))
    trust_provider(aws)
    unregister(setting)
    check_gone(registered)
    assert providers(aws) == [PROVIDER]


@pytest.mark.parametrize("stack", [STACK, PREREQUISITES])
def test_a_stack_that_somebody_protected_is_told_before_anything_begins(
    setting: Setting, registered: Registered, stack: str
) -> None:
    registered.aws.client("cloudformation").update_termination_protection(
        StackName=stack, EnableTerminationProtection=True
    )
    with pytest.raises(OperationError, match=f"The stack {stack} is protected against deletion"):
        plan(steps_of(setting))


@pytest.mark.parametrize(
    "denied",
    [
        "servicecatalog:SearchProductsAsAdmin",
        "cloudformation:DeleteStack",
        "dynamodb:DeleteTable",
        "iam:DeleteRole",
        *(
            pytest.param(right, marks=pytest.mark.proof("scenarios"))
            for right in (
                "servicecatalog:ScanProvisionedProducts",
                "cloudformation:DescribeStacks",
                "servicecatalog:DeleteProduct",
                "dynamodb:DescribeTable",
                "dynamodb:UpdateTable",
                "iam:ListRoles",
                "cloudformation:UpdateStack",
            )
        ),
    ],
)
def test_without_a_right_it_stops_and_goes_on_with_it(
    setting: Setting, registered: Registered, denied: str
) -> None:
    trust_provider(registered.aws)
    limited = setting_of(may_not(registered.aws, denied), TABLE)
    with pytest.raises((OperationError, ClientError)) as refused:
        unregister(limited)
    assert denied.partition(":")[2] in str(refused.value)
    assert "\n" not in str(refused.value)
    unregister(replace(setting, deleted=frozenset({TABLE})))
    check_gone(registered)
    assert registered.table() is None
    assert providers(registered.aws) == [PROVIDER]
