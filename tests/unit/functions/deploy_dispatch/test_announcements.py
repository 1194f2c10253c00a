"""What people are shown and told: by whom, about which version, once."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from deploy_dispatch.announcements import Announcer
from deploy_dispatch.decide import Attend
from deploy_dispatch.ledger import Decisions, Ledger, ProjectRecord
from deploy_dispatch.look import Look, Seen, SeenVersion
from deploy_dispatch.notices import Notices
from deploy_dispatch.order import DEPLOY, LOOK, REMOVE, RESTORE, Order
from deploy_dispatch.project import Project
from deploy_dispatch.project_stages import Stage
from deploy_dispatch.registry import Registry
from deploy_dispatch.registry_change import RegistryChange
from deploy_dispatch.stage_record import Presence, RunEnd, StageRecord
from deploy_dispatch.stage_report import StageReport
from invocation.deadline import Deadline
from tests.unit.functions.fake_aws import FakeAws
from tests.unit.functions.invocation_fakes import FakeTime

GROUP = "Rings-p-abcdefghijkl"
ARN, OLD = (f"arn:aws:sagemaker:eu-west-1:1:model-package/{GROUP}/{n}" for n in (7, 6))
PROJECT = Project("octo", "rings-build", "rings-deploy", "deploy.yml", "main", "arn:secret")
ANNA, BERT = "arn:aws:iam::111122223333:user/anna", "arn:aws:iam::111122223333:user/bert"
STAGES = (Stage("dev", "automatic"), Stage("prod", "registry"))
NOBODY = "it cannot be told who approved; approve it once more"


@dataclass
class World:
    """A project with two approved versions, and what people see of it."""

    aws: FakeAws = field(default_factory=FakeAws)
    comments: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for arn in (ARN, OLD):
            self.aws.versions[arn] = ("Approved", "Completed")
            self.aws.annotations[arn] = {"CustomerMetadataProperties": {"commit": "c" * 40}}

    def send(self, _method: str, path: str, body: Any, **_: Any) -> None:
        """Take a comment."""
        self.comments.append((path, body["body"]))

    @property
    def ledger(self) -> Ledger:
        """The ledger."""
        return Ledger(self.aws.client("dynamodb"), "approvals")

    @property
    def look(self) -> Look:
        """At the versions."""
        time = FakeTime()
        deadline = Deadline(time.now + 100, time.clock, time.sleep)
        registry = Registry(self.aws.client("sagemaker"), deadline, "dispatch")
        return Look(registry, self.ledger, GROUP)

    @property
    def announcer(self) -> Announcer:
        """Who tells people."""
        api: Any = self
        sns, cloudwatch = self.aws.client("sns"), self.aws.client("cloudwatch")
        notices = Notices(sns, cloudwatch, "arn:topic", "Ours", api, PROJECT)
        return Announcer(GROUP, self.look, notices)

    def seen(self, **decided: Any) -> SeenVersion:
        """The newer version as it is now, and what was decided of it."""
        version = self.look.registry.find(ARN)
        assert version is not None
        known = self.ledger.decisions(ARN)
        if decided:
            wanted = Decisions(ARN, revision=known.revision, **decided)
            known = self.ledger.change_decisions(known, lambda _: wanted)
        return SeenVersion(version, known)

    def shown(self, arn: str = ARN) -> dict[str, str]:
        """The metadata that a version shows beside its commit."""
        told = self.aws.annotations[arn]["CustomerMetadataProperties"]
        return {key: value for key, value in told.items() if key != "commit"}

    @property
    def life(self) -> tuple[str, str, str]:
        """The life cycle of the newer version."""
        told = self.aws.annotations[ARN]["ModelLifeCycle"]
        return told["Stage"], told["StageStatus"], told["StageDescription"]


@pytest.fixture
def world() -> World:
    """A project with two approved versions."""
    return World()


def _end(outcome: str, order: Order, run: str = "https://run") -> RunEnd:
    return RunEnd(order, outcome, None, "1", "1", run=run)


@pytest.mark.parametrize(
    ("outcome", "order", "said"),
    [
        ("deployed", Order(DEPLOY, "dev", ARN), "dev serves {} now"),
        ("deployed", Order(RESTORE, "dev", ARN, OLD), "dev serves {} now"),
        ("rolled_back", Order(DEPLOY, "dev", ARN), "dev went back, since {} did not pass there"),
        ("failed", Order(DEPLOY, "dev", ARN), "the deployment of {} to dev failed"),
        ("cancelled", Order(DEPLOY, "dev", ARN), "the deployment of {} to dev was cancelled"),
        (
            "removed",
            Order(REMOVE, "dev", instead_of=ARN),
            "dev serves nothing any more; it served {}",
        ),
    ],
)
@pytest.mark.parametrize(("run", "end"), [("https://run", ": https://run"), ("", ".")])
def test_how_a_run_ended_is_told_on_the_topic_and_at_the_commit(
    world: World, outcome: str, order: Order, said: str, run: str, end: str
) -> None:
    world.announcer.tell_of(_end(outcome, order, run))
    told = said.format(ARN) + end
    assert world.aws.notices == [told]
    assert world.comments == [(f"/repos/octo/rings-build/commits/{'c' * 40}/comments", told)]


@pytest.mark.parametrize(
    ("outcome", "order"),
    [
        ("looked", Order(LOOK, "dev")),
        ("skipped", Order(DEPLOY, "dev", ARN)),
        ("removed", Order(REMOVE, "dev")),
        ("deployed", Order(DEPLOY, "dev", f"{ARN}000")),
    ],
    ids=["looked", "skipped", "of no version", "of a deleted version"],
)
def test_what_is_not_worth_knowing_is_not_told(world: World, outcome: str, order: Order) -> None:
    world.announcer.tell_of(_end(outcome, order))
    assert (world.aws.notices, world.comments) == ([], [])


def test_people_are_asked_once_to_open_a_stage_and_shown_how(world: World) -> None:
    one = world.seen(is_approved=True, approved_by=ANNA, number=1)
    for _ in range(2):
        assert world.announcer.ask_gate(one, "prod") == "asked for an approval of prod"
    assert world.aws.notices == [f"{ARN} waits for an approval of prod in the model registry."]
    assert world.life == (
        "prod",
        "PendingApproval",
        "Set the stage prod to Approved to deploy this version there. Its approver, "
        f"{ANNA}, cannot do that as well.",
    )
    assert world.ledger.decisions(ARN).gate == "prod"
    assert len(world.comments) == 1


def test_people_are_asked_to_approve_again_and_that_is_written_down(world: World) -> None:
    one = world.seen(is_approved=True)
    assert world.announcer.ask_again(one, "dev") == f"refused {ARN}: {NOBODY}"
    assert world.life == ("dev", "PendingApproval", f"Not deployed: {NOBODY}.")
    assert world.ledger.decisions(ARN).is_asked_again


def _serve(world: World, **record: Any) -> None:
    world.ledger.change_stage(GROUP, "dev", lambda _: StageRecord(**record))


def test_what_people_must_see_to_is_told_once_with_an_alarm(world: World) -> None:
    _serve(world, serves=ARN, versions={ARN: Presence(), OLD: Presence()})
    step = Attend("dev", "dev is broken")
    for _ in range(2):
        assert world.announcer.attend(step) == "needs attention: dev is broken"
    assert world.aws.notices == ["Needs attention: dev is broken"]
    assert [one["MetricData"] for one in world.aws.metrics] == [
        [{"MetricName": "StagesNeedingAttention", "Value": 1.0, "Unit": "Count"}]
    ]
    assert len(world.comments) == 1
    assert world.ledger.project(GROUP).of("dev").attention == "dev is broken"
    assert (world.shown(), world.shown(OLD)) == ({"dev-attention": "dev is broken"}, {})


def test_what_is_settled_is_shown_nowhere_any_more(world: World) -> None:
    _serve(world, serves=ARN, attention="x", versions={ARN: Presence(), OLD: Presence()})
    for arn in (ARN, OLD):
        world.aws.annotations[arn]["CustomerMetadataProperties"]["dev-attention"] = "x"
    assert world.announcer.attend(Attend("dev", "")) == "dev is in order"
    assert (world.shown(), world.shown(OLD)) == ({}, {})
    assert (world.aws.notices, world.aws.metrics) == ([], [])
    assert world.ledger.project(GROUP).of("dev").attention == ""


def test_what_concerns_a_deleted_version_is_shown_on_what_ran_last(world: World) -> None:
    versions = {OLD: Presence(ended="1"), ARN: Presence(ended="2")}
    _serve(world, serves=f"{ARN}000", versions=versions)
    world.announcer.attend(Attend("dev", "dev is broken"))
    assert (world.shown(), world.shown(OLD)) == ({"dev-attention": "dev is broken"}, {})
    assert world.comments


def test_what_nothing_can_show_is_told_all_the_same(world: World) -> None:
    world.announcer.attend(Attend("dev", "dev is broken"))
    assert world.aws.notices == ["Needs attention: dev is broken"]
    assert (world.comments, len(world.aws.metrics)) == ([], 1)


def test_only_the_five_that_ran_last_are_searched_for_what_was_shown_before(world: World) -> None:
    arns = [f"{ARN}{number}" for number in range(7)]
    for arn in arns:
        world.aws.versions[arn] = ("Approved", "Completed")
        world.aws.annotations[arn] = {"CustomerMetadataProperties": {"dev-attention": "x"}}
    versions = {arn: Presence(ended=str(place)) for place, arn in enumerate(arns)}
    _serve(world, serves=ARN, attention="x", versions=versions)
    world.announcer.attend(Attend("dev", ""))
    assert [arn for arn in arns if world.shown(arn)] == arns[:2]


CHANGE = RegistryChange(GROUP, ARN, is_approved=True)


def _explain(world: World, one: SeenVersion | None, change: RegistryChange | None) -> list[str]:
    seen = Seen({} if one is None else {ARN: one}, ProjectRecord())
    return world.announcer.explain(seen, change, STAGES)


def _set_to(world: World, stage: str, status: str = "Approved", by: str = BERT) -> None:
    world.aws.annotations[ARN]["ModelLifeCycle"] = {"Stage": stage, "StageStatus": status}
    world.aws.editors[ARN] = by


def test_an_approval_that_comes_to_nothing_is_explained(world: World) -> None:
    assert _explain(world, None, None) == []
    assert _explain(world, None, CHANGE) == [f"{ARN} is not approved"]
    assert _explain(world, world.seen(is_approved=True), CHANGE) == [f"refused {ARN}: {NOBODY}"]
    assert _explain(world, world.seen(is_approved=True, approved_by=ANNA), CHANGE) == []
    world.aws.versions[ARN] = ("Rejected", "Completed")
    assert _explain(world, world.seen(), CHANGE) == [f"{ARN} is not approved"]


@pytest.mark.parametrize(
    ("decided", "by", "why"),
    [
        ({"gate": ""}, BERT, "this version has not come to prod yet"),
        ({"gate": "prod"}, "", NOBODY),
        (
            {"gate": "prod"},
            ANNA,
            f"{ANNA} approved the model already, and somebody else must approve prod",
        ),
    ],
)
def test_a_gate_that_stays_shut_says_why(
    world: World, decided: dict[str, str], by: str, why: str
) -> None:
    _set_to(world, "prod", by=by)
    one = world.seen(is_approved=True, approved_by=ANNA, **decided)
    assert _explain(world, one, CHANGE) == [f"refused for prod: {why}"]
    assert world.life == ("prod", "PendingApproval", f"Not deployed: {why}.")


@pytest.mark.parametrize(
    ("stage", "status", "opened"),
    [("prod", "Approved", {"prod": BERT}), ("prod", "Deployed", {}), ("other", "Approved", {})],
)
def test_what_is_no_shut_gate_is_not_explained(
    world: World, stage: str, status: str, opened: dict[str, str]
) -> None:
    _set_to(world, stage, status)
    one = world.seen(is_approved=True, approved_by=ANNA, gate="prod", opened_by=opened)
    assert _explain(world, one, CHANGE) == []


def test_who_let_the_version_of_a_change_in_is_shown(world: World) -> None:
    one = world.seen(is_approved=True, approved_by=ANNA, opened_by={"prod": BERT})
    seen = Seen({ARN: one}, ProjectRecord())
    world.announcer.show_people(seen, None)
    assert world.shown() == {}
    world.announcer.show_people(seen, CHANGE)
    assert world.shown() == {"approved-by": ANNA, "approved-by-prod": BERT}


def test_nobody_is_shown_of_what_was_never_decided(world: World) -> None:
    world.announcer.show_people(Seen({ARN: world.seen()}, ProjectRecord()), CHANGE)
    assert world.shown() == {}


def test_what_serves_untested_is_shown_where_it_serves(world: World) -> None:
    untested = Presence(healthy="1", untested="2")
    stages = {
        "dev": StageRecord({ARN: untested}, serves=ARN),
        "prod": StageRecord({ARN: Presence(healthy="2", untested="1")}, serves=ARN),
        "old": StageRecord({OLD: untested}, serves=OLD),
    }
    world.announcer.show_untested(Seen({ARN: world.seen()}, ProjectRecord(stages)))
    assert world.shown() == {"dev-healthy": "1", "dev-untested": "2"}
    assert world.shown(OLD) == {}


def test_what_a_version_brought_along_is_taken_off_once(world: World) -> None:
    world.aws.annotations[ARN]["CustomerMetadataProperties"]["dev-healthy"] = "forged"
    _set_to(world, "prod")
    one = world.seen(is_approved=True, is_clean=False)
    seen = Seen({ARN: one}, ProjectRecord())
    world.announcer.clean(seen, "dev")
    assert world.shown() == {}
    assert world.life[:2] == ("dev", "PendingApproval")
    now = seen.versions[ARN]
    assert (now.version.stage, now.version.stage_status, now.version.metadata) == ("", "", {})
    assert now.decisions.is_clean
    assert now.decisions == world.ledger.decisions(ARN)


def _report(arn: str, **digests: str) -> StageReport:
    url = "https://github.test/octo/rings-deploy/actions/runs/1"
    return StageReport(
        GROUP, arn, "dev", "deployed", "1", "It passed.", arn, url, 1, "", False, "", digests
    )


def test_an_end_is_shown_with_the_digests_of_the_first_deployment(world: World) -> None:
    record = StageRecord({ARN: Presence(healthy="2", ended="2", outcome="deployed")}, serves=ARN)
    for digests in ({"model-sha256": "a"}, {"model-sha256": "forged", "data-sha256": "b"}):
        seen = Seen(
            {ARN: world.seen(is_approved=True, digests=world.seen().decisions.digests)},
            ProjectRecord(),
        )
        world.announcer.show(_report(ARN, **digests), record, seen)
    assert world.ledger.decisions(ARN).digests == {"model-sha256": "a", "data-sha256": "b"}
    assert world.shown()["model-sha256"] == "a"
    assert world.shown()["dev-last"] == "2 deployed"
    assert world.life[:2] == ("dev", "Deployed")
    assert world.life[2].startswith("It passed. https://")


def test_an_end_of_a_deleted_version_is_shown_nowhere(world: World) -> None:
    world.announcer.show(_report(ARN), StageRecord(), Seen({}, ProjectRecord()))
    assert world.shown() == {}
