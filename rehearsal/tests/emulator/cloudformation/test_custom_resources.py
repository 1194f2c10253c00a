"""Custom resources are asked asynchronously, and go with what failed, as on AWS."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from rehearsal.tests.emulator.cloudformation.noting_provider import (
    MAY,
    RECORD,
    events,
    notes,
    provider,
)
from rehearsal.tests.emulator.functions import ANSWER, custom_resource, function, role
from rehearsal.tests.emulator.local_aws import LocalAws, allow, wait_for


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
    provided = provider(f"    if number == 0:\n        {fault}\n    answer(event)\n")
    provided["Function"]["Properties"]["Timeout"] = 2
    stack = aws.stack(name, {**provided, "Thing": custom_resource(20)})
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert [note.split()[0] for note in notes(aws, name)] == ["Create", "Create"]


def test_a_function_that_never_answers_is_asked_three_times_in_all(aws: LocalAws) -> None:
    provided = provider(
        "    if event['RequestType'] == 'Create':\n        raise RuntimeError()\n"
        "    answer(event)\n"
    )
    stack = aws.stack("thrice", {**provided, "Thing": custom_resource(15)})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "did not receive a response" in aws.failures("thrice")["Thing"]
    kinds = [note.split()[0] for note in notes(aws, "thrice")]
    assert kinds == ["Create", "Create", "Create", "Delete"]


def test_an_answer_given_before_a_kill_counts_and_a_second_one_is_taken(aws: LocalAws) -> None:
    kill = "    if number == 0:\n        os.kill(os.getpid(), signal.SIGKILL)\n"
    provided = provider("    answer(event)\n" + kill)
    stack = aws.stack("answered", {**provided, "Thing": custom_resource(20)})
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    wait_for(lambda: len(notes(aws, "answered")) == 2, what="the second try")
    time.sleep(1)
    assert len(notes(aws, "answered")) == 2


def test_a_failed_create_is_deleted_while_the_stack_rolls_back(aws: LocalAws) -> None:
    provided = provider(
        "    if event['RequestType'] == 'Create':\n"
        "        return answer(event, 'FAILED', PhysicalResourceId='half', Reason='no luck')\n"
        "    answer(event, Reason='It was removed.')\n"
    )
    stack = aws.stack("half-made", {**provided, "Thing": custom_resource()})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert notes(aws, "half-made") == [
        "Create Thing - - CREATE_IN_PROGRESS",
        "Delete Thing half - ROLLBACK_IN_PROGRESS",
    ]
    reason = aws.failures("half-made")["Thing"]
    assert reason.startswith("Received response status [FAILED] from custom resource.")
    assert "Message returned: no luck (RequestId: " in reason
    assert ("Thing", "DELETE_COMPLETE", "It was removed.") in events(aws, "half-made")


def test_a_delete_that_fails_stops_the_rollback(aws: LocalAws) -> None:
    provided = provider("    answer(event, 'FAILED', Reason='stuck')\n")
    stack = aws.stack("stuck", {**provided, "Thing": custom_resource()})
    assert stack["StackStatus"] == "ROLLBACK_FAILED"


def test_what_failed_in_a_stack_that_stays_is_deleted_with_it(aws: LocalAws) -> None:
    provided = provider(
        "    answer(event, 'FAILED' if event['RequestType'] == 'Create' else 'SUCCESS',"
        " Reason='no luck')\n"
    )
    stack = aws.stack("kept", {**provided, "Thing": custom_resource()}, DisableRollback=True)
    assert stack["StackStatus"] == "CREATE_FAILED"
    assert aws.delete_stack("kept") == "DELETE_COMPLETE"
    assert notes(aws, "kept")[-1] == "Delete Thing thing - DELETE_IN_PROGRESS"


def test_the_reason_of_a_success_is_in_the_events(aws: LocalAws) -> None:
    provided = provider("    answer(event, Reason='Made at once.')\n")
    aws.stack("said", {**provided, "Thing": custom_resource()})
    assert ("Thing", "CREATE_COMPLETE", "Made at once.") in events(aws, "said")


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
    code = RECORD + "def handle(event, context):\n    number = note(event)\n" + body
    return {
        "Role": role(*MAY, *permissions),
        "Function": function(code, FunctionName=name),
        "Thing": custom_resource(),
    }


def test_a_function_hands_over_to_itself(aws: LocalAws) -> None:
    own = "arn:aws:lambda:eu-west-1:111122223333:function:hands-over"
    resources = _self_invoking("hands-over", allow("lambda:InvokeFunction", own))
    assert aws.stack("hands-over", resources)["StackStatus"] == "CREATE_COMPLETE"
    assert [note.split()[0] for note in notes(aws, "hands-over")] == ["Create", "Create"]


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
    provider = {"Role": role(*MAY), "Function": function(code, FunctionName="crowd", Timeout=120)}
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
