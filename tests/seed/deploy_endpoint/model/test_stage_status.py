"""What a stage serves, from the metadata of the versions and from its endpoint."""

from dataclasses import replace

import pytest

from deploy_endpoint.model.registered_version import Version
from deploy_endpoint.model.stage_status import LastRun, Live, Note, StageStatus, status_of

from ..conftest import ARN
from ..registered import ANA, at, version


def test_the_version_that_was_healthy_last_serves() -> None:
    versions = [version(9), version(8, dev_healthy=at(9)), version(7, dev_healthy=at(10))]
    assert status_of("dev", versions).version == "7"


@pytest.mark.parametrize(("removed", "serving"), [(at(9), "7"), (at(11), "")])
def test_what_was_taken_out_serves_until_it_is_healthy_again(removed: str, serving: str) -> None:
    versions = [version(7, dev_healthy=at(10), dev_removed=removed), version(6, dev_healthy=at(8))]
    assert status_of("dev", versions).version == serving


def test_other_stages_do_not_count() -> None:
    versions = [version(7, dev_healthy=at(10), dev_last=f"{at(10)} deployed")]
    assert status_of("prod", versions) == StageStatus(stage="prod")


def test_everything_that_the_registry_knows_is_told() -> None:
    served = version(
        7,
        dev_healthy=at(10),
        dev_last=f"{at(10)} deployed",
        approved_by=ANA,
        commit="c" * 40,
        data_sha256="d" * 64,
        pipeline_execution="arn:execution",
    )
    assert status_of("dev", [served]) == StageStatus(
        stage="dev",
        model_package_arn=ARN,
        version="7",
        approval="Approved",
        since=at(10),
        approved_by=ANA,
        commit="c" * 40,
        data_sha256="d" * 64,
        pipeline_execution="arn:execution",
        last_run=LastRun(version="7", at=at(10), outcome="deployed"),
    )


def test_whoever_opened_the_stage_goes_before_the_models_approver() -> None:
    served = version(7, approved_by="ana", approved_by_prod="bob", prod_healthy=at(1))
    assert status_of("prod", [served]).approved_by == "bob"


def test_the_last_run_may_be_another_versions() -> None:
    versions = [
        version(8, dev_last=f"{at(11)} rolled_back"),
        version(7, dev_healthy=at(10), dev_last=f"{at(10)} deployed"),
    ]
    found = status_of("dev", versions)
    assert found.version == "7"
    assert found.last_run == LastRun(version="8", at=at(11), outcome="rolled_back")


def test_what_the_endpoint_serves_goes_before_what_the_registry_shows() -> None:
    versions = [version(8, dev_healthy=at(11)), version(7, dev_healthy=at(10))]
    assert status_of("dev", versions, Live(arn=ARN)).version == "7"
    assert status_of("dev", versions, Live(arn=ARN.lower())).version == "7"
    assert status_of("dev", versions, Live(arn="")) == StageStatus(stage="dev")
    untold = status_of("dev", versions, Live(why="it lies elsewhere."))
    assert (untold.version, untold.not_seen) == ("8", "it lies elsewhere.")


@pytest.mark.parametrize(
    ("metadata", "attention"),
    [
        ([{"dev_healthy": at(10), "dev_attention": "Look."}, {}], "Look."),
        ([{"dev_healthy": at(10)}, {"dev_last": f"{at(11)} failed", "dev_attention": "x"}], "x"),
        ([{"dev_healthy": at(10)}, {"dev_attention": "Nothing ran."}], "Nothing ran."),
        ([{"dev_healthy": at(10), "prod_attention": "Look."}, {}], ""),
        (
            [
                {"dev_healthy": at(10), "dev_attention": "of what serves"},
                {"dev_last": f"{at(11)} failed", "dev_attention": "of what failed"},
            ],
            "of what serves",
        ),
    ],
)
def test_what_needs_attention_is_told(metadata: list[dict[str, str]], attention: str) -> None:
    served, other = metadata
    assert status_of("dev", [version(8, **other), version(7, **served)]).attention == attention


def test_people_are_told_of_what_serves_what_ran_last_and_what_waits() -> None:
    def in_prod(number: int, status: str, **metadata: str) -> Version:
        life = {"stage": "prod", "stage_status": status, "stage_description": f"Of {number}."}
        return replace(version(number, **metadata), **life)

    versions = [
        in_prod(9, "PendingApproval"),
        in_prod(8, "PendingApproval"),
        in_prod(7, "Failed", prod_last=f"{at(12)} failed"),
        in_prod(6, "Deployed", prod_healthy=at(11), prod_last=f"{at(11)} deployed"),
        in_prod(5, "Deployed", prod_healthy=at(10), prod_last=f"{at(10)} deployed"),
        replace(version(4), stage="dev", stage_status="Deployed", stage_description="Of dev."),
    ]
    assert status_of("prod", versions).notes == (
        Note(version="9", status="PendingApproval", sentence="Of 9."),
        Note(version="7", status="Failed", sentence="Of 7."),
        Note(version="6", status="Deployed", sentence="Of 6."),
    )
