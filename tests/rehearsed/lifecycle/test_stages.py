"""Three stages by the command that a newcomer types: the way there, back, and past a lost run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts import company
from rehearsal.conductor.world import World
from tests.rehearsed.command import (
    SECONDS,
    check_no_secret_is_logged,
    check_whole_lifecycle,
    rehearse,
)

pytestmark = pytest.mark.timeout(SECONDS + 60)
STAGES = ["dev", "staging", "prod"]
ACTS = (
    *("set-up", "register", "launch", "configure", "accounts", "build", "approve", "promote"),
    *("predict", "clean-up"),
)
*BEFORE_THE_END, END = ACTS
ONE_ACCOUNT = "--one-account"
OWN_NAMES = ["qa", "uat", "live"]


def _play(
    clone: Path, *arguments: str, scenario: str = "", stages: list[str] = STAGES
) -> dict[str, Any]:
    done = rehearse(clone, *arguments)
    if "--keep" in arguments:
        try:
            _check_tags_of_what_remains(clone)
        finally:
            rehearse(clone, "down")
    between = scenario or ("give-up-stage" if stages is OWN_NAMES else "")
    acts = [*BEFORE_THE_END, between, END] if between else [*ACTS]
    if "--company" in arguments:
        acts.insert(acts.index("register"), "company")
    if ONE_ACCOUNT in arguments:
        acts.remove("accounts")
    facts = check_whole_lifecycle(clone, done, acts)
    assert facts["seconds_to_last_stage"] > 0
    last = stages[-1]
    assert facts["scaling"] == {last: {"least": 2, "most": 3, "requests_per_minute": 600.0}}
    assert f"{last} is no longer registered to scale" in done.stdout
    for name in stages:
        assert f"\n| {name} " in facts["monthly_cost"]
    check_no_secret_is_logged(clone)
    return facts


def _check_tags_of_what_remains(clone: Path) -> None:
    tags = dict(_tags_of_what_remains(World.open(clone).administrator))
    assert set(tags) == {"bucket", "key", "group", "training"}
    for name, found in tags.items():
        assert company.TAGS.items() <= found.items(), name


def _tags_of_what_remains(administrator: Any) -> Iterator[tuple[str, dict[str, str]]]:
    s3, kms, sagemaker = (administrator.client(name) for name in ("s3", "kms", "sagemaker"))
    (group,) = sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]
    (job,) = sagemaker.list_training_jobs()["TrainingJobSummaries"]
    for name, arn in (
        ("group", group["ModelPackageGroupArn"]),
        ("training", job["TrainingJobArn"]),
    ):
        told = sagemaker.list_tags(ResourceArn=arn)["Tags"]
        yield name, {tag["Key"]: tag["Value"] for tag in told}
    project_id = group["ModelPackageGroupName"][-14:]
    told = s3.get_bucket_tagging(Bucket=names.bucket(project_id))["TagSet"]
    yield "bucket", {tag["Key"]: tag["Value"] for tag in told}
    rules = s3.get_bucket_encryption(Bucket=names.bucket(project_id))
    (rule,) = rules["ServerSideEncryptionConfiguration"]["Rules"]
    key = rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"]
    told = kms.list_resource_tags(KeyId=key)["Tags"]
    yield "key", {tag["TagKey"]: tag["TagValue"] for tag in told}


def _check_none_dropped(count: dict[str, int]) -> None:
    assert count["dropped"] == 0
    assert count["sound"] + count["faulty"] == count["sent"]
    assert count["sound_in_the_end"] > 0


def test_a_companys_model_passes_three_stages_of_its_own_names_and_their_gates(clone: Path) -> None:
    facts = _play(clone, "--company", "--keep", "--stages", ",".join(OWN_NAMES), stages=OWN_NAMES)
    assert facts["endpoint_name"].endswith("-live")
    assert facts["refused_to_give_up"] == "live"


@pytest.mark.proof("scenarios")
def test_a_faulty_version_goes_back_and_no_request_is_dropped(clone: Path) -> None:
    facts = _play(clone, "--scenario", "rollback", ONE_ACCOUNT, scenario="rollback")
    _check_none_dropped(facts["rollback"])
    assert facts["rollback"]["faulty"] > 0
    compared = facts["comparison"]  # it is the same model behind other served code
    assert compared["live"] == facts["model_package_arn"]
    assert (compared["verdict"], compared["overlap"]) == ("same", 0)


@pytest.mark.proof("scenarios")
def test_a_rejected_version_is_replaced_everywhere_and_no_request_is_dropped(clone: Path) -> None:
    facts = _play(clone, "--scenario", "reject", scenario="reject")
    assert facts["restored"] == STAGES
    assert facts["comparison"]["live"] != facts["model_package_arn"]
    assert facts["comparison"]["metrics"]["mse"]["difference"] != 0
    for change in ("canary", "restoration"):
        _check_none_dropped(facts[change])
        assert facts[change]["faulty"] == 0


@pytest.mark.proof("scenarios")
def test_a_run_whose_machine_is_lost_is_found_and_told_of(clone: Path) -> None:
    facts = _play(clone, "--scenario", "lost-run", ONE_ACCOUNT, scenario="lost-run")
    lost = facts["lost_run"]
    assert lost["serves"].endswith("/2")  # CloudFormation went on without the machine
    assert [told for told in lost["told"] if "Needs attention: dev serves" in told]
    assert 120 <= lost["found_after_seconds"] < 15 * 60
    assert facts["model_package_arn"].endswith("/3")
