"""What the registry shows of a version, for those who look at it in Studio and in `make status`."""

from dataclasses import dataclass
from typing import Any

import pytest

from deploy_dispatch import display
from deploy_dispatch.registry import Registry, Version
from deploy_dispatch.stage_record import OUTCOMES, Presence
from deploy_dispatch.stage_report import StageReport
from invocation.deadline import Deadline
from tests.unit.functions.fake_aws import FakeAws
from tests.unit.functions.invocation_fakes import FakeTime

GROUP = "Rings-p-abcdefghijkl"
ARN = f"arn:aws:sagemaker:eu-west-1:111122223333:model-package/{GROUP}/1"
URL = "https://github.com/acme/rings-deploy/actions/runs/1"
MOMENT = "2026-11-01T12:00:00.000Z"


@dataclass
class Shown:
    """A version of a registry, and what it shows."""

    aws: FakeAws

    @property
    def registry(self) -> Registry:
        """The registry."""
        time = FakeTime()
        deadline = Deadline(time.now + 100, time.clock, time.sleep)
        return Registry(self.aws.client("sagemaker"), deadline, "dispatch")

    @property
    def version(self) -> Version:
        """As it is now."""
        found = self.registry.find(ARN)
        assert found is not None
        return found

    @property
    def life(self) -> dict[str, str]:
        """Its life cycle."""
        found: dict[str, str] = self.aws.annotations[ARN]["ModelLifeCycle"]
        return found


@pytest.fixture
def shown() -> Shown:
    """A version that shows nothing yet."""
    return Shown(FakeAws(versions={ARN: ("Approved", "Completed")}))


def _report(outcome: str, **changed: Any) -> StageReport:
    told: dict[str, Any] = {
        "group": GROUP,
        "model_package_arn": ARN,
        "stage": "dev",
        "outcome": outcome,
        "at": MOMENT,
        "reason": "",
        "serves": ARN,
        "run_url": URL,
        "attempt": 1,
        "approved_by": "",
        "is_untouched": False,
        "configuration": "c" * 40,
        "digests": {},
    }
    return StageReport(**told | changed)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_life_cycle_tells_each_outcome_in_its_own_words(shown: Shown, outcome: str) -> None:
    presence = Presence(ended=MOMENT, outcome=outcome)
    display.show_outcome(shown.registry, shown.version, _report(outcome), presence, {})
    status = "".join(word.capitalize() for word in outcome.split("_"))
    assert shown.life == {"Stage": "dev", "StageStatus": status, "StageDescription": URL}
    assert shown.version.metadata == {"dev-last": f"{MOMENT} {outcome}"}


@pytest.mark.parametrize(
    ("reason", "approved_by", "sentence"),
    [
        ("", "", URL),
        ("The test failed.", "", f"The test failed. {URL}"),
        ("The test failed", "", f"The test failed. {URL}"),
        ("It stopped at step X.", "", f"It stopped at step X. {URL}"),
        ("", "bert", f"approved by bert. {URL}"),
        ("It passed.", "bert", f"It passed. approved by bert. {URL}"),
    ],
)
def test_the_life_cycle_says_why_and_who_let_it_in(
    shown: Shown, reason: str, approved_by: str, sentence: str
) -> None:
    report = _report("failed", reason=reason, approved_by=approved_by)
    presence = Presence(ended=MOMENT, outcome="failed")
    display.show_outcome(shown.registry, shown.version, report, presence, {})
    assert shown.life["StageDescription"] == sentence


def test_every_moment_of_a_version_in_a_stage_is_shown_by_its_name(shown: Shown) -> None:
    presence = Presence("10", "20", "30", "40", "deployed")
    digests = {"model-sha256": "a" * 64, "data-sha256": "b" * 64}
    report = _report("deployed")
    display.show_outcome(shown.registry, shown.version, report, presence, digests)
    assert shown.version.metadata == {
        "dev-last": "40 deployed",
        "dev-healthy": "10",
        "dev-untested": "20",
        "dev-removed": "30",
        **digests,
    }


def test_what_is_shown_already_is_not_written_again(shown: Shown) -> None:
    presence = Presence("10", "20", "", "40", "deployed")
    report = _report("deployed")
    display.show_outcome(shown.registry, shown.version, report, presence, {})
    display.show_people(shown.registry, shown.version, {"": "anna", "dev": "b" * 300})
    writes = []
    shown.aws.before_call = writes.append
    version = shown.version
    display.show_outcome(shown.registry, version, report, presence, {})
    display.show_untested(shown.registry, version, "dev", presence)
    display.show_people(shown.registry, version, {"": "anna", "dev": "b" * 300})
    assert "UpdateModelPackage" not in writes


def test_what_serves_untested_is_shown(shown: Shown) -> None:
    display.show_untested(shown.registry, shown.version, "dev", Presence(untested=MOMENT))
    assert shown.version.metadata == {"dev-untested": MOMENT}


def test_who_let_a_version_in_is_shown_until_it_does_not_hold_any_more(shown: Shown) -> None:
    people = {"": "anna", "dev": "", "prod": "bert"}
    display.show_people(shown.registry, shown.version, people)
    assert shown.version.metadata == {"approved-by": "anna", "approved-by-prod": "bert"}
    display.show_people(shown.registry, shown.version, {"": "carl"})
    assert shown.version.metadata == {"approved-by": "carl"}


def test_what_people_must_see_to_is_shown_until_it_is_settled(shown: Shown) -> None:
    display.show_attention(shown.registry, shown.version, "dev", "Look; then say: (yes) €!")
    assert shown.version.metadata == {"dev-attention": "Look  then say:  yes    "}
    assert display.shows_attention(shown.version, "dev")
    assert not display.shows_attention(shown.version, "prod")
    display.show_attention(shown.registry, shown.version, "dev", "")
    assert not display.shows_attention(shown.version, "dev")


def test_what_somebody_else_wrote_under_our_names_is_taken_off(shown: Shown) -> None:
    ours = ("dev-healthy", "prod-attention", "approved-by", "approved-by-dev", "model-sha256")
    theirs = {"commit": "c" * 40, "healthy": "1", "dev-healthy-x": "1", "my-note": "1"}
    shown.aws.annotations[ARN] = {
        "CustomerMetadataProperties": dict.fromkeys(ours, "forged") | theirs,
        "ModelLifeCycle": {"Stage": "prod", "StageStatus": "Approved"},
    }
    assert display.carries_anything(shown.version)
    display.clear(shown.registry, shown.version, "dev")
    assert shown.version.metadata == theirs
    assert shown.life == {
        "Stage": "dev",
        "StageStatus": "PendingApproval",
        "StageDescription": "What was written here when the version was registered does not count.",
    }


def test_a_version_without_life_cycle_is_given_none(shown: Shown) -> None:
    assert not display.carries_anything(shown.version)
    shown.aws.annotations[ARN] = {"CustomerMetadataProperties": {"approved-by": "forged"}}
    display.clear(shown.registry, shown.version, "dev")
    assert (shown.version.metadata, shown.version.stage) == ({}, "")
