"""The deploy role and CloudFormation's role lose each of their actions."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import pytest

from rehearsal.laboratory.permissions.granted import SHOWN_STAGE
from rehearsal.laboratory.permissions.tried import ALARMS_ARE_UNSEEN, CAUSE_IS_NOT_SHOWN, TRIED
from tests.rehearsed.permissions.checkout import Checkout, Done
from tests.rehearsed.permissions.conftest import CLOUDFORMATION, DEPLOY, Without, tried
from tests.rehearsed.permissions.endpoint_stack import EndpointStack

_CDK_DEPLOY = ("deploy", "--method", "direct", "--progress", "events", "--ci")
_RUN = {
    "GITHUB_SERVER_URL": "https://github.test",
    "GITHUB_REPOSITORY": "octo/any-deploy",
    "GITHUB_RUN_ID": "1",
}
_ON_ENDPOINT = ("the next deployment fails", "the removal fails", "the integration test fails")


@tried(CLOUDFORMATION)
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
    with without(CLOUDFORMATION, action):
        ended = play()
    assert ended == end
    assert f"is not authorized to perform: {action} " in stack.reasons(began)


def test_an_endpoint_with_alarms_needs_its_role_to_see_them(
    without: Without, stack: EndpointStack
) -> None:
    (action,) = TRIED["execution"][ALARMS_ARE_UNSEEN]
    stack.be_absent()
    began = datetime.now(UTC)
    with without("execution", action):
        assert stack.create() == "ROLLBACK_COMPLETE"
    assert action in stack.reasons(began)


class _Workflow:
    """The steps of the workflows that use the deploy role."""

    def __init__(self, checkout: Checkout, stack: EndpointStack, model: str) -> None:
        self._checkout = checkout
        self._stack = stack
        self._model = model

    def play(self, seen: str) -> Done:
        """Bring the endpoint to where a step begins, and run the step."""
        if seen == "the first deployment fails":
            self._stack.be_absent()
        elif seen in _ON_ENDPOINT:
            self._stack.be_present()
        first, second = self._stack.assemblies
        return {
            "the admission of the model fails": self.admit,
            "the choice of the newest model fails": lambda: self._run("admit_model"),
            "the first deployment fails": lambda: self._deploy(first),
            "the next deployment fails": lambda: self._deploy(second),
            "the removal fails": lambda: self._run("stage_stack", "remove"),
            "the integration test fails": lambda: self._run("integration_test"),
            "the report fails": self._report,
        }[seen]()

    def admit(self) -> Done:
        """Admit the model, and keep its report for the integration test."""
        return self._run("admit_model", "--model-package-arn", self._model)

    def _deploy(self, assembly: str) -> Done:
        return self._checkout.run("cdk", "--app", assembly, *_CDK_DEPLOY)

    def _report(self) -> Done:
        outcomes = {"DEPLOYED": "success", "TESTED": "success"}
        return self._run("report_outcome", MODEL_PACKAGE_ARN=self._model, **outcomes, **_RUN)

    def _run(self, name: str, *arguments: str, **variables: str) -> Done:
        argv = (sys.executable, "vendor", name, *arguments)
        return self._checkout.run(*argv, STAGE=SHOWN_STAGE, **variables)


@pytest.fixture(scope="module")
def workflow(
    checkouts: dict[str, Checkout], stack: EndpointStack, models: tuple[str, str]
) -> _Workflow:
    made = _Workflow(checkouts[DEPLOY], stack, models[0])
    admitted = made.admit()
    assert admitted.exit_code == 0, admitted.output
    return made


@tried(DEPLOY, but=CAUSE_IS_NOT_SHOWN)
def test_a_step_fails_and_names_what_its_role_lacks(
    without: Without, workflow: _Workflow, seen: str, action: str
) -> None:
    with without(DEPLOY, action):
        done = workflow.play(seen)
    assert done.exit_code == 1
    assert f"is not authorized to perform: {action} " in done.output


def test_without_the_events_a_failed_deployment_does_not_tell_its_cause(
    without: Without, stack: EndpointStack, workflow: _Workflow
) -> None:
    cause, (events,) = "kms:CreateGrant", TRIED[DEPLOY][CAUSE_IS_NOT_SHOWN]
    stack.be_absent()
    with without(CLOUDFORMATION, cause):
        told = workflow.play("the first deployment fails")
        with without(DEPLOY, events):
            untold = workflow.play("the first deployment fails")
    assert (told.exit_code, untold.exit_code) == (1, 1)
    assert cause in told.output
    assert cause not in untold.output
    assert "Could not read the final stack events" in untold.output
