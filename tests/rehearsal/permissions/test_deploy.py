"""The deploy role and CloudFormation's role lose each of their actions."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import pytest

from rehearsal.permissions.tried import CAUSE_IS_NOT_SHOWN, TRIED
from tests.rehearsal.permissions.checkout import Checkout, Done
from tests.rehearsal.permissions.conftest import Without, tried
from tests.rehearsal.permissions.endpoint_stack import EndpointStack

_CDK_DEPLOY = ("deploy", "--method", "direct", "--progress", "events", "--ci")


@tried("cloudformation")
def test_cloudformation_fails_and_names_what_its_role_lacks(
    without: Without, stack: EndpointStack, seen: str, action: str
) -> None:
    play, before, end = {
        "the creation of the endpoint fails": (
            *(stack.create, stack.be_absent),
            "ROLLBACK_COMPLETE",
        ),
        "the update of the endpoint fails": (
            *(stack.update, stack.be_present),
            "UPDATE_ROLLBACK_COMPLETE",
        ),
        "the deletion of the endpoint fails": (*(stack.delete, stack.be_present), "DELETE_FAILED"),
    }[seen]
    before()
    began = datetime.now(UTC)
    with without("cloudformation", action):
        ended = play()
    assert ended == end
    assert f"is not authorized to perform: {action} " in stack.reasons(began)


class _Workflow:
    """The steps of the workflows that use the deploy role."""

    def __init__(self, checkout: Checkout, stack: EndpointStack, model: str) -> None:
        self._checkout = checkout
        self._stack = stack
        self._model = model

    def play(self, seen: str) -> Done:
        """Bring the endpoint to where a step begins, and run the step."""
        if "first" in seen:
            self._stack.be_absent()
        elif seen not in ("the choice of the model fails", "the choice of the newest model fails"):
            self._stack.be_present()
        first, second = self._stack.assemblies
        argv = {
            "the choice of the model fails": self._program("find_approved_model", self._model),
            "the choice of the newest model fails": self._program("find_approved_model"),
            "the first deployment fails": ("cdk", "--app", first, *_CDK_DEPLOY),
            "the next deployment fails": ("cdk", "--app", second, *_CDK_DEPLOY),
            "the removal fails": ("cdk", "--app", first, "destroy", "--force"),
            "the smoke test fails": self._program("smoke_test"),
        }[seen]
        return self._checkout.run(*argv)

    def _program(self, name: str, model: str = "") -> tuple[str, ...]:
        chosen = ("--model-package-arn", model) if model else ()
        return (sys.executable, "-m", f"deploy_endpoint.{name}", *chosen)


@pytest.fixture(scope="module")
def workflow(
    checkouts: dict[str, Checkout], stack: EndpointStack, models: tuple[str, str]
) -> _Workflow:
    return _Workflow(checkouts["deploy"], stack, models[0])


@tried("deploy", but=CAUSE_IS_NOT_SHOWN)
def test_a_step_fails_and_names_what_its_role_lacks(
    without: Without, workflow: _Workflow, seen: str, action: str
) -> None:
    with without("deploy", action):
        done = workflow.play(seen)
    assert done.exit_code == 1
    assert f"is not authorized to perform: {action} " in done.output


def test_without_the_events_a_failed_deployment_does_not_tell_its_cause(
    without: Without, stack: EndpointStack, workflow: _Workflow
) -> None:
    cause, (events,) = "kms:CreateGrant", TRIED["deploy"][CAUSE_IS_NOT_SHOWN]
    stack.be_absent()
    with without("cloudformation", cause):
        told = workflow.play("the first deployment fails")
        with without("deploy", events):
            untold = workflow.play("the first deployment fails")
    assert (told.exit_code, untold.exit_code) == (1, 1)
    assert cause in told.output
    assert cause not in untold.output
    assert "Could not read the final stack events" in untold.output
