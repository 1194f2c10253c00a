"""Custom resources are asked asynchronously, and go with what failed, as on AWS."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from rehearsal.tests.emulator.functions import ANSWER, custom_resource, function, role
from rehearsal.tests.emulator.local_aws import LocalAws, allow, wait_for

# Notes each request in a parameter: kind, logical id, physical id and the stack's status.
_RECORD = (
    ANSWER
    + """
import boto3, os, signal
ssm = boto3.client("ssm")
def note(event):
    name = event["StackId"].split("/")[1]
    stacks = boto3.client("cloudformation").describe_stacks(StackName=event["StackId"])["Stacks"]
    words = [event["RequestType"], event["LogicalResourceId"], event.get("PhysicalResourceId", "-"),
             event["ResourceProperties"].get("Name", "-"), stacks[0]["StackStatus"]]
    number = len(ssm.get_parameters_by_path(Path=f"/notes/{name}")["Parameters"])
    ssm.put_parameter(Name=f"/notes/{name}/{number:03}", Value=" ".join(words), Type="String")
    return number
"""
)
_MAY = [allow(["ssm:*", "cloudformation:DescribeStacks"])]


def _provider(body: str) -> dict[str, Any]:
    code = _RECORD + "def handle(event, context):\n    number = note(event)\n" + body
    return {"Role": role(*_MAY), "Function": function(code)}


def _notes(aws: LocalAws, stack: str) -> list[str]:
    pages = aws.client("ssm").get_paginator("get_parameters_by_path")
    found = [p for page in pages.paginate(Path=f"/notes/{stack}") for p in page["Parameters"]]
    return [p["Value"] for p in sorted(found, key=lambda p: str(p["Name"]))]


def _update(aws: LocalAws, name: str, resources: dict[str, Any]) -> str:
    aws.client("cloudformation").update_stack(
        StackName=name,
        TemplateBody=json.dumps({"Resources": resources}),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    return str(aws.settled(name)["StackStatus"])


def _events(aws: LocalAws, name: str) -> list[tuple[str, str, str]]:
    events = aws.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    return [
        (e["LogicalResourceId"], e["ResourceStatus"], e.get("ResourceStatusReason", ""))
        for e in reversed(events)
    ]


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("raises-once", "raise RuntimeError('once')"),
        ("killed-once", "os.kill(os.getpid(), signal.SIGKILL)"),
        ("exits-once", "raise SystemExit(1)"),
        ("late-once", "import time; time.sleep(5)"),
    ],
)
def test_a_function_that_fails_once_is_asked_again(aws: LocalAws, name: str, fault: str) -> None:
    provider = _provider(f"    if number == 0:\n        {fault}\n    answer(event)\n")
    provider["Function"]["Properties"]["Timeout"] = 2
    stack = aws.stack(name, {**provider, "Thing": custom_resource(20)})
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert [note.split()[0] for note in _notes(aws, name)] == ["Create", "Create"]


def test_a_function_that_never_answers_is_asked_three_times_in_all(aws: LocalAws) -> None:
    provider = _provider(
        "    if event['RequestType'] == 'Create':\n        raise RuntimeError()\n"
        "    answer(event)\n"
    )
    stack = aws.stack("thrice", {**provider, "Thing": custom_resource(15)})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "did not receive a response" in aws.failures("thrice")["Thing"]
    kinds = [note.split()[0] for note in _notes(aws, "thrice")]
    assert kinds == ["Create", "Create", "Create", "Delete"]


def test_an_answer_given_before_a_kill_counts_and_a_second_one_is_taken(aws: LocalAws) -> None:
    kill = "    if number == 0:\n        os.kill(os.getpid(), signal.SIGKILL)\n"
    provider = _provider("    answer(event)\n" + kill)
    stack = aws.stack("answered", {**provider, "Thing": custom_resource(20)})
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    wait_for(lambda: len(_notes(aws, "answered")) == 2, what="the second try")
    time.sleep(1)
    assert len(_notes(aws, "answered")) == 2


def test_a_failed_create_is_deleted_while_the_stack_rolls_back(aws: LocalAws) -> None:
    provider = _provider(
        "    if event['RequestType'] == 'Create':\n"
        "        return answer(event, 'FAILED', PhysicalResourceId='half', Reason='no luck')\n"
        "    answer(event, Reason='It was removed.')\n"
    )
    stack = aws.stack("half-made", {**provider, "Thing": custom_resource()})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert _notes(aws, "half-made") == [
        "Create Thing - - CREATE_IN_PROGRESS",
        "Delete Thing half - ROLLBACK_IN_PROGRESS",
    ]
    reason = aws.failures("half-made")["Thing"]
    assert reason.startswith("Received response status [FAILED] from custom resource.")
    assert "Message returned: no luck (RequestId: " in reason
    assert ("Thing", "DELETE_COMPLETE", "It was removed.") in _events(aws, "half-made")


def test_a_delete_that_fails_stops_the_rollback(aws: LocalAws) -> None:
    provider = _provider("    answer(event, 'FAILED', Reason='stuck')\n")
    stack = aws.stack("stuck", {**provider, "Thing": custom_resource()})
    assert stack["StackStatus"] == "ROLLBACK_FAILED"


def test_what_failed_in_a_stack_that_stays_is_deleted_with_it(aws: LocalAws) -> None:
    provider = _provider(
        "    answer(event, 'FAILED' if event['RequestType'] == 'Create' else 'SUCCESS',"
        " Reason='no luck')\n"
    )
    stack = aws.stack("kept", {**provider, "Thing": custom_resource()}, DisableRollback=True)
    assert stack["StackStatus"] == "CREATE_FAILED"
    assert aws.delete_stack("kept") == "DELETE_COMPLETE"
    assert _notes(aws, "kept")[-1] == "Delete Thing thing - DELETE_IN_PROGRESS"


def test_the_reason_of_a_success_is_in_the_events(aws: LocalAws) -> None:
    provider = _provider("    answer(event, Reason='Made at once.')\n")
    aws.stack("said", {**provider, "Thing": custom_resource()})
    assert ("Thing", "CREATE_COMPLETE", "Made at once.") in _events(aws, "said")


_NAMED = "    answer(event, PhysicalResourceId='id-' + event['ResourceProperties']['Name'])\n"


def test_a_replaced_resource_is_deleted_in_the_cleanup(aws: LocalAws) -> None:
    provider = _provider(_NAMED)
    aws.stack("replaced", {**provider, "Thing": custom_resource(Name="old")})
    status = _update(aws, "replaced", {**provider, "Thing": custom_resource(Name="new")})
    assert status == "UPDATE_COMPLETE"
    assert _notes(aws, "replaced")[1:] == [
        "Update Thing id-old new UPDATE_IN_PROGRESS",
        "Delete Thing id-old old UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    ]
    events = _events(aws, "replaced")
    assert ("Thing", "DELETE_COMPLETE", "") in events
    assert [status for name, status, _ in events if name == "replaced"][-3:] == [
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_COMPLETE",
    ]


@pytest.fixture(scope="module")
def taken_role(aws: LocalAws) -> dict[str, Any]:
    """A role that cannot be made, since its name is taken; it comes after `Thing`."""
    document = {"Statement": []}
    aws.client("iam").create_role(
        RoleName="taken-by-another", AssumeRolePolicyDocument=json.dumps(document)
    )
    properties = {"RoleName": "taken-by-another", "AssumeRolePolicyDocument": document}
    return {"Type": "AWS::IAM::Role", "Properties": properties, "DependsOn": "Thing"}


def test_an_update_that_fails_later_takes_a_replacement_back(
    aws: LocalAws, taken_role: dict[str, Any]
) -> None:
    provider = _provider(_NAMED)
    aws.stack("taken-back", {**provider, "Thing": custom_resource(Name="old")})
    resources = {**provider, "Thing": custom_resource(Name="new"), "Last": taken_role}
    assert _update(aws, "taken-back", resources) == "UPDATE_ROLLBACK_COMPLETE"
    assert _notes(aws, "taken-back")[1:] == [
        "Update Thing id-old new UPDATE_IN_PROGRESS",
        "Delete Thing id-new new UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    ]
    assert aws.delete_stack("taken-back") == "DELETE_COMPLETE"
    assert _notes(aws, "taken-back")[-1] == "Delete Thing id-old old DELETE_IN_PROGRESS"


def test_an_update_that_fails_later_sends_a_change_back(
    aws: LocalAws, taken_role: dict[str, Any]
) -> None:
    provider = _provider("    answer(event)\n")
    aws.stack("sent-back", {**provider, "Thing": custom_resource(Name="old")})
    resources = {**provider, "Thing": custom_resource(Name="new"), "Last": taken_role}
    assert _update(aws, "sent-back", resources) == "UPDATE_ROLLBACK_COMPLETE"
    assert _notes(aws, "sent-back")[1:] == [
        "Update Thing thing new UPDATE_IN_PROGRESS",
        "Update Thing thing old UPDATE_ROLLBACK_IN_PROGRESS",
    ]


def test_a_replacement_that_fails_is_deleted_and_the_old_one_is_left_alone(aws: LocalAws) -> None:
    provider = _provider(
        "    name = event['ResourceProperties']['Name']\n"
        "    failed = event['RequestType'] == 'Update' and name == 'new'\n"
        "    answer(event, 'FAILED' if failed else 'SUCCESS', PhysicalResourceId='id-' + name,"
        " Reason='no luck')\n"
    )
    aws.stack("unlucky", {**provider, "Thing": custom_resource(Name="old")})
    status = _update(aws, "unlucky", {**provider, "Thing": custom_resource(Name="new")})
    assert status == "UPDATE_ROLLBACK_COMPLETE"
    assert _notes(aws, "unlucky")[1:] == [
        "Update Thing id-old new UPDATE_IN_PROGRESS",
        "Delete Thing id-new new UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    ]
    assert aws.delete_stack("unlucky") == "DELETE_COMPLETE"
    assert _notes(aws, "unlucky")[-1] == "Delete Thing id-old old DELETE_IN_PROGRESS"


def test_a_new_resource_that_fails_in_an_update_is_deleted_in_its_rollback(aws: LocalAws) -> None:
    provider = _provider(
        "    failed = event['RequestType'] == 'Create' and 'More' in event['LogicalResourceId']\n"
        "    answer(event, 'FAILED' if failed else 'SUCCESS', Reason='no luck',"
        " PhysicalResourceId=event['LogicalResourceId'])\n"
    )
    thing = custom_resource()
    aws.stack("one-more", {**provider, "Thing": thing})
    more = {**provider, "Thing": thing, "More": {**custom_resource(), "DependsOn": "Thing"}}
    assert _update(aws, "one-more", more) == "UPDATE_ROLLBACK_COMPLETE"
    assert _notes(aws, "one-more")[1:] == [
        "Create More - - UPDATE_IN_PROGRESS",
        "Delete More More - UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    ]


def _self_invoking(name: str, *permissions: dict[str, Any]) -> dict[str, Any]:
    """A function that hands its work over to a fresh invocation of itself, which answers."""
    body = (
        "    if event['RequestType'] == 'Create' and 'HandOver' not in event:\n"
        "        try:\n"
        "            boto3.client('lambda').invoke(FunctionName=context.invoked_function_arn,\n"
        "                InvocationType='Event', Payload=json.dumps({**event, 'HandOver': 1}))\n"
        "        except Exception as error:\n"
        "            answer(event, 'FAILED', Reason=type(error).__name__ + ' ' + str(error))\n"
        "        return\n"
        "    answer(event)\n"
    )
    code = _RECORD + "def handle(event, context):\n    number = note(event)\n" + body
    return {
        "Role": role(*_MAY, *permissions),
        "Function": function(code, FunctionName=name),
        "Thing": custom_resource(),
    }


def test_a_function_hands_over_to_itself(aws: LocalAws) -> None:
    own = "arn:aws:lambda:eu-west-1:111122223333:function:hands-over"
    resources = _self_invoking("hands-over", allow("lambda:InvokeFunction", own))
    assert aws.stack("hands-over", resources)["StackStatus"] == "CREATE_COMPLETE"
    assert [note.split()[0] for note in _notes(aws, "hands-over")] == ["Create", "Create"]


def test_a_function_without_the_permission_cannot(aws: LocalAws) -> None:
    other = "arn:aws:lambda:eu-west-1:111122223333:function:another"
    resources = _self_invoking("may-not", allow("lambda:InvokeFunction", other))
    assert aws.stack("may-not", resources)["StackStatus"] == "ROLLBACK_COMPLETE"
    reason = aws.failures("may-not")["Thing"]
    assert "AccessDenied" in reason
    assert "lambda:InvokeFunction" in reason


@pytest.mark.proof("storms")
def test_fifty_stacks_wait_for_their_answers_at_once(aws: LocalAws) -> None:
    """Each of two resources a stack waits until all of the fifty stacks were asked for the first.

    Were any pool of threads smaller than that, nobody would ever get an answer.
    """
    count = 50
    code = (
        ANSWER + "import boto3, time\nssm = boto3.client('ssm')\n"
        "def handle(event, context):\n"
        "    if event['RequestType'] == 'Create' and event['LogicalResourceId'] == 'First':\n"
        "        name = event['StackId'].split('/')[1]\n"
        "        ssm.put_parameter(Name='/crowd/' + name, Value='x', Type='String')\n"
        "        while True:\n"
        "            pages = ssm.get_paginator('get_parameters_by_path').paginate(Path='/crowd')\n"
        f"            if sum(len(page['Parameters']) for page in pages) == {count}: break\n"
        "            time.sleep(1)\n"
        "    answer(event)\n"
    )
    provider = {"Role": role(*_MAY), "Function": function(code, FunctionName="crowd", Timeout=120)}
    aws.stack("crowd-provider", provider)
    token = "arn:aws:lambda:eu-west-1:111122223333:function:crowd"
    first, second = custom_resource(120), custom_resource(120)
    for resource in (first, second):
        resource["Properties"]["ServiceToken"] = token
    second["DependsOn"] = "First"
    template = json.dumps({"Resources": {"First": first, "Second": second}})
    cloudformation = aws.client("cloudformation", max_pool_connections=10)
    names = [f"crowd-{number}" for number in range(count)]
    with ThreadPoolExecutor(10) as pool:
        list(
            pool.map(
                lambda n: cloudformation.create_stack(StackName=n, TemplateBody=template), names
            )
        )
    assert {aws.settled(name, 120)["StackStatus"] for name in names} == {"CREATE_COMPLETE"}


def test_what_is_new_stays_until_a_stuck_rollback_is_continued(aws: LocalAws) -> None:
    provider = _provider(
        "    kind, name = event['RequestType'], event['ResourceProperties']['Name']\n"
        "    mended = ssm.get_parameters(Names=['/mended'])['Parameters']\n"
        "    stuck = kind == 'Update' and name == 'old' and not mended\n"
        "    failed = stuck or (kind == 'Create' and name == 'refused')\n"
        "    answer(event, 'FAILED' if failed else 'SUCCESS', Reason='as the test wants')\n"
    )

    def resources(name: str) -> dict[str, Any]:
        topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": f"stuck-{name}"}}
        return {**provider, "Thing": custom_resource(Name=name), "Topic": topic}

    def topics() -> set[str]:
        found = aws.client("sns").list_topics()["Topics"]
        names = {topic["TopicArn"].rpartition(":")[2] for topic in found}
        return {name for name in names if name.startswith("stuck-")}

    aws.stack("stuck-back", resources("old"))
    refused = {**custom_resource(Name="refused"), "DependsOn": ["Thing", "Topic"]}
    assert _update(aws, "stuck-back", {**resources("new"), "Refused": refused}) == (
        "UPDATE_ROLLBACK_FAILED"
    )
    assert topics() == {"stuck-old", "stuck-new"}
    aws.client("ssm").put_parameter(Name="/mended", Value="yes", Type="String")
    aws.client("cloudformation").continue_update_rollback(StackName="stuck-back")
    assert aws.settled("stuck-back")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert topics() == {"stuck-old"}


def test_a_failed_custom_resource_is_deleted(aws: LocalAws) -> None:
    code = (
        "import boto3\n" + ANSWER + "def handle(event, context):\n"
        "    boto3.client('ssm').put_parameter(Name='/calls/' + event['RequestType'],"
        " Value=event.get('PhysicalResourceId', '-'), Type='String')\n"
        "    failed = event['RequestType'] == 'Create'\n"
        "    answer(event, 'FAILED' if failed else 'SUCCESS', Reason='no luck')\n"
    )
    statement = {"Effect": "Allow", "Action": "ssm:PutParameter", "Resource": "*"}
    resources = {
        "Role": role(statement),
        "Function": function(code),
        "Thing": custom_resource(),
    }
    assert aws.stack("half", resources)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "no luck" in aws.failures("half")["Thing"]
    deleted = aws.client("ssm").get_parameter(Name="/calls/Delete")["Parameter"]["Value"]
    assert deleted == "thing"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("answer(event, PhysicalResourceId='')", "PhysicalResourceId missing"),
        ("answer(event, 'FINE')", "Status must be SUCCESS or FAILED"),
        ("answer(event, 'FAILED')", "needs a Reason"),
        ("answer(event, Data={'x': 'y' * 5000})", "too long"),
    ],
)
def test_a_wrong_answer_of_a_custom_resource_fails_it(
    aws: LocalAws, answer: str, reason: str
) -> None:
    code = (
        f"{ANSWER}\ndef handle(event, context):\n"
        f"    {answer} if event['RequestType'] == 'Create' else answer(event)\n"
    )
    name = f"wrong-{abs(hash(answer))}"
    resources = {"Role": role(), "Function": function(code), "Thing": custom_resource()}
    assert aws.stack(name, resources)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert reason in aws.failures(name)["Thing"]


def test_a_custom_resource_that_says_nothing_times_out(aws: LocalAws) -> None:
    code = (
        f"{ANSWER}\ndef handle(event, context):\n"
        "    answer(event) if event['RequestType'] == 'Delete' else None\n"
    )
    resources = {"Role": role(), "Function": function(code), "Thing": custom_resource(5)}
    assert aws.stack("silent", resources)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "did not receive a response" in aws.failures("silent")["Thing"]


def test_a_changed_physical_id_deletes_the_old_resource(aws: LocalAws) -> None:
    code = (
        "import boto3\n" + ANSWER + "def handle(event, context):\n"
        "    if event['RequestType'] == 'Delete':\n"
        "        name = '/gone/' + event['PhysicalResourceId']\n"
        "        boto3.client('ssm').put_parameter(Name=name, Value='x', Type='String')\n"
        "    answer(event, PhysicalResourceId=event['ResourceProperties']['Name'])\n"
    )
    statement = {"Effect": "Allow", "Action": "ssm:PutParameter", "Resource": "*"}

    def resources(name: str) -> dict[str, Any]:
        thing = custom_resource(Name=name)
        return {"Role": role(statement), "Function": function(code), "Thing": thing}

    aws.stack("moving", resources("old"))
    aws.client("cloudformation").update_stack(
        StackName="moving",
        TemplateBody=json.dumps({"Resources": resources("new")}),
        Capabilities=["CAPABILITY_IAM"],
    )
    assert aws.settled("moving")["StackStatus"] == "UPDATE_COMPLETE"
    assert aws.client("ssm").get_parameter(Name="/gone/old")
