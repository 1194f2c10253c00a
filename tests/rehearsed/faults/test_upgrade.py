"""A second registration leaves the first version usable, and offers its seed as a pull request."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts import clean_up
from rehearsal.conductor.aws_accounts import ACCOUNT, REGION
from rehearsal.laboratory.trials.ground import Ground, open_ground
from rehearsal.laboratory.trials.lane import Lane
from rehearsal.laboratory.trials.project import TrialProject
from rehearsal.laboratory.trials.second_version import ADDED_LINE, CHANGED_FILE

ROOT = Path(__file__).resolve().parents[3]
OWN_LINE = "This line is the user's own."


@pytest.fixture(scope="module")
def own_ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A ground of which nobody else registers the second version."""
    state = tmp_path_factory.mktemp("upgrade") / "state"
    with open_ground(ROOT, state, lanes=1, content_limit="0,0") as made:
        yield made


@pytest.fixture(scope="module")
def project(own_ground: Ground) -> TrialProject:
    """A project of the first version, from before the second registration."""
    made = TrialProject(Lane(own_ground, own_ground.lanes[0]), "upgraded")
    launched = made.launch()
    assert launched.is_good, launched.reason
    return made


@pytest.fixture(scope="module")
def second(own_ground: Ground, project: TrialProject) -> str:
    """The version of a second registration, made while the project is at the first one."""
    return own_ground.register_second_version()


def _versions(ground: Ground) -> dict[str, dict[str, Any]]:
    catalog = ground.world.administrator.client("servicecatalog")
    found = catalog.list_provisioning_artifacts(ProductId=ground.product_id)
    return {str(each["Id"]): each for each in found["ProvisioningArtifactDetails"]}


def _content(project: TrialProject, repository: str) -> tuple[str, str]:
    answer = project.lane.github("GET", f"/repos/{repository}/contents/{CHANGED_FILE}").json()
    return base64.b64decode(answer["content"]).decode(), answer["sha"]


def _stack_parameter(project: TrialProject, name: str) -> str:
    stacks = project.lane.administrator("cloudformation").describe_stacks(
        StackName=project.stack_name
    )["Stacks"]
    return next(
        str(p["ParameterValue"]) for p in stacks[0]["Parameters"] if p["ParameterKey"] == name
    )


def test_the_first_version_is_deprecated_and_keeps_its_id(
    own_ground: Ground, project: TrialProject, second: str
) -> None:
    versions = _versions(own_ground)
    assert list(versions) == [own_ground.first_version, second]
    first, latest = versions.values()
    assert (first["Active"], first["Guidance"]) == (True, "DEPRECATED")
    assert (latest["Active"], latest["Guidance"]) == (True, "DEFAULT")
    assert first["Name"] != latest["Name"]
    with pytest.raises(ClientError, match="is deprecated"):
        TrialProject(project.lane, "late").begin_launch()


def test_the_project_is_updated_at_its_old_version(
    own_ground: Ground, project: TrialProject, second: str
) -> None:
    updated = project.update(version=own_ground.first_version, DataOnDelete="keep")
    assert updated.is_good, updated.reason
    assert _stack_parameter(project, "DataOnDelete") == "keep"
    repository = project.repositories[0]
    assert project.lane.github("GET", f"/repos/{repository}/pulls").json() == []
    again = project.update(version=own_ground.first_version, DataOnDelete="delete")
    assert again.is_good, again.reason


def test_the_offer_is_merged_and_the_users_edit_is_kept(project: TrialProject, second: str) -> None:
    github, (repository, _) = project.lane.github, project.repositories
    text, sha = _content(project, repository)
    title, _, rest = text.partition("\n")
    edited = f"{title}\n\n{OWN_LINE}\n{rest}"
    wish = {
        "message": "Say something of my own",
        "content": base64.b64encode(edited.encode()).decode(),
        "sha": sha,
    }
    assert github("PUT", f"/repos/{repository}/contents/{CHANGED_FILE}", json=wish).ok

    updated = project.update(version=second)
    assert updated.is_good, updated.reason
    assert ADDED_LINE not in _content(project, repository)[0]
    (offer,) = github("GET", f"/repos/{repository}/pulls").json()
    merged = github("PUT", f"/repos/{repository}/pulls/{offer['number']}/merge")
    assert merged.ok, merged.text

    text, _ = _content(project, repository)
    assert OWN_LINE in text
    assert ADDED_LINE in text
    assert github("GET", f"/repos/{repository}/pulls").json() == []


@pytest.mark.proof("matrices")
def test_a_removal_leaves_what_the_project_uses_and_nothing_when_it_is_gone(
    own_ground: Ground, project: TrialProject, second: str
) -> None:
    administrator = own_ground.world.administrator.client
    assert project.update(version=second).is_good
    clean_up.destroy_product(own_ground.play)
    assert list(_versions(own_ground)) == [second]

    assert own_ground.register() == second
    updated = project.update(version=second, DataOnDelete="keep")
    assert updated.is_good, updated.reason
    assert project.update(version=second, DataOnDelete="delete").is_good
    assert project.delete().is_good
    clean_up.destroy_product(own_ground.play)
    assert administrator("servicecatalog").search_products_as_admin()["ProductViewDetails"] == []
    left = [bucket["Name"] for bucket in administrator("s3").list_buckets()["Buckets"]]
    assert names.version_bucket(ACCOUNT, REGION) not in left
    logs = administrator("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/")
    assert logs["logGroups"] == []
