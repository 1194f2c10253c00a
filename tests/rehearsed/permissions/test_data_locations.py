"""A project reads of the company's data what it chose of what the registration allows."""

from __future__ import annotations

import json

import pytest

from mlops_sm_project_template.config import names
from rehearsal.laboratory.trials.ground import Ground
from rehearsal.laboratory.trials.project import TrialProject
from tests.rehearsed.permissions.company_lake import (
    ALLOWED,
    CHOSEN,
    DATA,
    LAKE,
    NOT_ALLOWED,
    NOT_CHOSEN,
    PARTNER,
    TAKEN_OVER,
)
from tests.rehearsed.permissions.pipeline import Pipeline
from tests.rehearsed.permissions.studio import Studio

_DENIED = "-reader/SageMaker is not authorized to perform: s3:ListBucket "


@pytest.fixture(scope="module")
def studio(ground: Ground, project: TrialProject, pipeline: Pipeline) -> Studio:
    """A person in Studio, and a project that has chosen a folder of somebody else."""
    made = Studio(project, ground.play.studio)
    assert made.pipeline == pipeline.name
    status, reason = made.await_first_step(made.start(InputDataUrl=DATA))
    assert status == "Failed"
    assert _DENIED in reason
    return made


@pytest.fixture(scope="module")
def chosen(ground: Ground, project: TrialProject, studio: Studio) -> Studio:
    """The same when the project has chosen a folder of each of what is allowed."""
    folders = ",".join((CHOSEN, PARTNER, TAKEN_OVER))
    updated = project.update(version=ground.first_version, DataLocations=folders)
    assert updated.is_good, updated.reason
    return studio


def test_a_choice_that_the_registration_does_not_allow_is_refused_by_name(
    ground: Ground, project: TrialProject, studio: Studio
) -> None:
    for folder in (f"s3://{LAKE}/", f"s3://{LAKE}/salaries/", ALLOWED.rstrip("/")):
        updated = project.update(version=ground.first_version, DataLocations=folder)
        assert not updated.is_good
        assert "characters: folders in what DATA_LOCATIONS allowed" in updated.reason


@pytest.mark.parametrize("url", [DATA, f"{PARTNER}rings.csv"], ids=["sealed", "of a partner"])
def test_data_in_a_chosen_location_is_read(chosen: Studio, url: str) -> None:
    execution = chosen.start(InputDataUrl=url)
    assert chosen.await_first_step(execution) == ("Succeeded", "")
    chosen.stop(execution)
    chosen.await_end(execution)


@pytest.mark.parametrize(
    "url", [NOT_CHOSEN, NOT_ALLOWED, CHOSEN.rstrip("/"), f"{TAKEN_OVER}rings.csv"]
)
def test_data_outside_the_chosen_locations_is_not_read(chosen: Studio, url: str) -> None:
    status, reason = chosen.await_first_step(chosen.start(InputDataUrl=url))
    assert status == "Failed"
    assert _DENIED in reason


def test_no_policy_of_a_reader_reaches_beyond_the_registration(
    project: TrialProject, chosen: Studio
) -> None:
    """Not even one that whoever has the launch role may give it."""
    iam = project.lane.administrator("iam")
    everything = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    about = {"RoleName": names.project_role(project.id, "reader"), "PolicyName": "everything"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    iam.put_role_policy(**about, PolicyDocument=document)
    try:
        status, reason = chosen.await_first_step(chosen.start(InputDataUrl=NOT_ALLOWED))
    finally:
        iam.delete_role_policy(**about)
    assert status == "Failed"
    assert _DENIED in reason
