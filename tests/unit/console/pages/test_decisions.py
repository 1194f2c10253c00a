"""A decision is shown before it is sent, and sent once, as it was shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from deploy_dispatch.ledger import Decisions
from deploy_dispatch.stage_record import Presence, StageRecord
from operations.github_access import GithubAccess
from tests.console.made_up_aws import YOU, Refusal
from tests.unit.console.browsing import Browser, Shown, browser_of
from tests.unit.console.made_up_project import ANNA, ARN, GROUP, MadeUpProject

_HERE = f"/projects/{GROUP}/versions/3"
_HEALTHY = Presence(healthy="2026-11-27T12:00:00.000Z", outcome="deployed", tried=1)


@dataclass(frozen=True)
class World:
    """A project of which somebody decides."""

    project: MadeUpProject
    browser: Browser

    def ask(self, decision: str, comment: str = "") -> Shown:
        """Send the first form, as the version's page has it."""
        form = {"csrf": self.browser.keys.csrf, "decision": decision, "comment": comment}
        return self.browser.post(f"{_HERE}/decision/ask", form)

    def take(self, fields: Mapping[str, str]) -> Shown:
        """Send the second."""
        return self.browser.post(f"{_HERE}/decision", fields)


@pytest.fixture
def world(access: GithubAccess) -> Iterator[World]:
    project = MadeUpProject(access=access)
    project.add(2)
    project.add(3)
    dev = StageRecord({f"{ARN}/2": _HEALTHY, f"{ARN}/3": _HEALTHY}, f"{ARN}/3")
    project.write(
        {"dev": dev},
        Decisions(f"{ARN}/2", is_approved=True, approved_by=ANNA, number=1),
        Decisions(f"{ARN}/3", is_approved=True, approved_by=ANNA, number=1, gate="prod"),
    )
    with browser_of(project.account) as browser:
        yield World(project, browser)


def test_a_rejection_is_shown_with_what_it_starts_and_then_sent(world: World) -> None:
    shown = world.ask("reject", "too <b>slow</b>")
    assert (
        "dev version 3 Version 2, approved and healthy here last, is deployed again. "
        "Deploy model (deploy.yml)"
    ) in shown.words
    assert "The workflows are those of octo/Rings-deploy." in shown.words
    assert f"of {ARN}/3, by {YOU}, with the comment “too <b>slow</b>”" in shown.words
    assert "<b>" not in shown.source
    assert world.project.told == []

    done = world.take(shown.fields)
    assert (done.status, done.headers["location"]) == (303, _HERE)
    assert world.project.told == [
        {"ModelApprovalStatus": "Rejected", "ApprovalDescription": "too <b>slow</b>"}
    ]


def test_the_page_that_follows_shows_what_aws_says_then(world: World) -> None:
    assert ">approved</span>" in world.browser.get(_HERE).source
    world.take(world.ask("reject").fields)
    after = world.browser.get(_HERE).source
    assert ">rejected</span>" in after
    assert ">approved</span>" not in after


def test_what_is_sent_twice_is_decided_once(world: World) -> None:
    fields = world.ask("reject").fields
    world.take(fields)
    again = world.take(fields)
    assert "Version 3 is rejected already. Nothing was sent to AWS." in again.words
    assert len(world.project.told) == 1


def test_an_opened_gate_is_sent_as_a_stage_of_the_life_cycle(world: World) -> None:
    shown = world.ask("open prod", "go")
    assert "Open prod for version 3" in shown.words
    assert "prod nothing Version 3 is deployed here. Deploy model (deploy.yml)" in shown.words
    world.take(shown.fields)
    assert world.project.told == [
        {"ModelLifeCycle": {"Stage": "prod", "StageStatus": "Approved", "StageDescription": "go"}}
    ]


def test_a_status_that_changed_meanwhile_is_told_and_nothing_sent(world: World) -> None:
    fields = world.ask("reject").fields
    world.project.packages[f"{ARN}/3"]["ModelApprovalStatus"] = "PendingManualApproval"
    changed = world.take(fields)
    assert (
        "Meanwhile its status changed from “approved” to “waits for approval”, so that nothing was "
        "sent to AWS."
    ) in changed.words
    assert world.project.told == []
    assert world.take(changed.fields).status == 303


def test_a_stage_that_changed_meanwhile_is_told_and_nothing_sent(world: World) -> None:
    fields = world.ask("reject").fields
    world.project.write({"dev": StageRecord({f"{ARN}/2": _HEALTHY}, f"{ARN}/2")})
    changed = world.take(fields)
    assert "Meanwhile something changed, so that nothing was sent to AWS." in changed.words
    assert "No stage serves version 3, and none is about to" in changed.words
    assert world.project.told == []


def test_a_form_cannot_be_sent_without_having_seen_what_it_starts(world: World) -> None:
    fields = {**world.ask("reject").fields, "shown": "", "was": "<script>"}
    assert "Meanwhile something changed" in world.take(fields).words
    assert world.project.told == []


def test_a_version_that_was_deleted_meanwhile_is_told(world: World) -> None:
    fields = world.ask("reject").fields
    del world.project.packages[f"{ARN}/3"]
    gone = world.take(fields)
    assert gone.status == 404
    assert "There is no version 3 of Rings: it was deleted, or never registered." in gone.words


@pytest.mark.parametrize("path", ["/decision", "/decision/ask"])
def test_a_form_of_another_site_is_refused(world: World, path: str) -> None:
    fields = world.ask("reject").fields
    refused = world.browser.post(f"{_HERE}{path}", {**fields, "csrf": "other"})
    assert refused.status == 403
    del fields["csrf"]
    assert world.browser.post(f"{_HERE}{path}", fields).status == 403
    assert world.project.told == []


def test_a_refusal_names_who_what_and_of_what(world: World) -> None:
    message = f"User: {YOU} is not authorized to perform: sagemaker:UpdateModelPackage"
    refusal = Refusal("AccessDeniedException", message)
    world.project.account.answers["UpdateModelPackage"] = refusal
    refused = world.take(world.ask("reject").fields)
    assert refused.status == 200
    assert (
        f"{YOU} may not do that: the right sagemaker:UpdateModelPackage on {ARN}/3 is missing."
    ) in refused.words
    assert world.project.told == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ConflictException", f"AWS refused it for {ARN}/3: ConflictException: busy."),
        ("ExpiredTokenException", "The AWS credentials have expired; sign in again"),
    ],
)
def test_any_other_refusal_is_a_sentence_too(world: World, code: str, words: str) -> None:
    world.project.account.answers["UpdateModelPackage"] = Refusal(code, "busy")
    assert words in world.take(world.ask("reject").fields).words


_LOST = ClientError(
    {
        "Error": {"Code": "InternalFailure", "Message": "oh"},
        "ResponseMetadata": cast("Any", {"HTTPStatusCode": 500}),
    },
    "UpdateModelPackage",
)


@pytest.mark.parametrize(
    "error",
    [
        _LOST,
        ReadTimeoutError(endpoint_url="https://aws.test/"),
        ConnectionClosedError(endpoint_url="https://aws.test/"),
    ],
)
def test_what_nobody_knows_is_shown_neither_as_done_nor_as_not_done(
    world: World, error: Any
) -> None:
    world.project.account.answers["UpdateModelPackage"] = error
    shown = world.take(world.ask("reject").fields)
    assert shown.status == 200
    assert "Not known whether it is decided" in shown.source
    assert "Not decided" not in shown.source
    assert "It is not known whether AWS took it (" in shown.words
    assert "look at the status of the version before you decide again." in shown.words


def test_a_role_of_a_project_is_told_that_its_approval_counts_for_nobody() -> None:
    you = "arn:aws:sts::111122223333:assumed-role/mlops-p-abcdefghijkl-execution/SageMaker"
    project = MadeUpProject(you=you)
    project.add(3, "PendingManualApproval")
    with browser_of(project.account) as browser:
        world = World(project, browser)
        assert "which the dispatch function takes for nobody" in world.ask("approve").words
        assert "takes for nobody" not in world.ask("reject").words


def test_a_project_is_asked_for_once() -> None:
    project = MadeUpProject()
    project.add(3, "PendingManualApproval")
    with browser_of(project.account) as browser:
        words = World(project, browser).ask("approve").words
    assert "The workflows are those of octo/Rings-deploy." in words
    assert len(project.account.asked_of("DescribeProject")) == 1


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        ("approve", "Version 3 is approved already. Nothing was sent to AWS."),
        ("open dev", "No stage dev has a gate in the registry"),
        ("explode", "This form names no decision"),
    ],
)
def test_what_cannot_be_decided_is_a_sentence(world: World, decision: str, words: str) -> None:
    assert words in world.ask(decision).words


def test_an_address_of_forms_is_no_page(world: World) -> None:
    shown = world.browser.get(f"{_HERE}/decision")
    assert shown.status == 405
    assert "Only a form leads here" in shown.words
    assert world.browser.post("/projects/x/versions/3/decision", {}).status == 403
