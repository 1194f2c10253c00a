"""A new version of the seed is offered as a pull request, and a user's own edit outlives it."""

import base64
from collections.abc import Iterator

import pytest

from rehearsal.trials.ground import Ground
from rehearsal.trials.lane import Lane
from rehearsal.trials.project import TrialProject
from rehearsal.trials.second_version import ADDED_LINE, CHANGED_FILE

OWN_LINE = "This line is the user's own."


@pytest.fixture
def project(ground: Ground) -> Iterator[TrialProject]:
    made = TrialProject(Lane(ground, ground.lanes[0]), "upgraded")
    launched = made.launch()
    assert launched.is_good, launched.reason
    yield made
    assert made.delete().is_good


def _content(project: TrialProject, repository: str) -> tuple[str, str]:
    answer = project.lane.github("GET", f"/repos/{repository}/contents/{CHANGED_FILE}").json()
    return base64.b64decode(answer["content"]).decode(), answer["sha"]


def test_the_offer_is_merged_and_the_users_edit_is_kept(project: TrialProject) -> None:
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

    updated = project.update()
    assert updated.is_good, updated.reason
    assert ADDED_LINE not in _content(project, repository)[0]
    (offer,) = github("GET", f"/repos/{repository}/pulls").json()
    merged = github("PUT", f"/repos/{repository}/pulls/{offer['number']}/merge")
    assert merged.ok, merged.text

    text, _ = _content(project, repository)
    assert OWN_LINE in text
    assert ADDED_LINE in text
    assert github("GET", f"/repos/{repository}/pulls").json() == []
