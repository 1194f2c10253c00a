"""The names of a project's stages in the repository that it is seeded with."""

import pytest

from tests.rehearsed.functions.content_requests import FILES, Content
from tests.rehearsed.functions.repository_world import Files, RepositoryWorld

STAGES_FILE = "config/stages.yml"
SEED: Files = {**FILES, STAGES_FILE: (b"stages:\n  - name: dev\n#  - name: staging\n", 0o644)}


@pytest.fixture
def content(world: RepositoryWorld) -> Content:
    """A repository as the first custom resource leaves it."""
    return Content(world)


def stages(content: Content) -> bytes:
    return content.files()[STAGES_FILE][0]


def test_the_first_commit_has_the_projects_names(content: Content) -> None:
    assert content.seed(SEED, Stages="qa,,live")["Status"] == "SUCCESS"
    assert stages(content) == b"stages:\n  - name: qa\n#  - name: live\n"
    assert content.head("template") == content.head("main")


def test_the_usual_names_are_those_of_the_seed(content: Content) -> None:
    content.seed(SEED, Stages="dev,staging,prod")
    assert stages(content) == SEED[STAGES_FILE][0]


def test_a_project_from_before_is_offered_nothing_when_it_learns_its_stages(
    content: Content,
) -> None:
    content.seed(SEED)
    head = content.head("template")
    reason = content.update({}, Stages="dev,staging,prod,live")["Reason"]
    assert reason == "The configuration and the seed code are unchanged."
    assert content.head("template") == head


def test_a_first_stage_of_another_name_is_offered(content: Content) -> None:
    content.seed(SEED, Stages="dev,prod")
    reason = content.update({"Stages": "dev,prod"}, Stages="qa,prod")["Reason"]
    assert "is offered as" in reason
    assert stages(content) == SEED[STAGES_FILE][0].replace(b"staging", b"prod")
