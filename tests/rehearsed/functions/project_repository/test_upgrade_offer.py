"""A new version of the seed code: offered as a pull request, never forced."""

import pytest

from tests.rehearsed.functions.content_requests import FILES, NAME, SEED_KEY, Content
from tests.rehearsed.functions.repository_world import RepositoryWorld, zipped

V1 = {"SeedKey": SEED_KEY}
V2 = {"SeedKey": "2.zip"}
V3 = {"SeedKey": "3.zip"}
FILES_2 = {**FILES, "new.py": (b"new\n", 0o755)}
FILES_3 = {**FILES_2, "newer.py": (b"newer\n", 0o644)}
UPDATE = "Update the seed code from the SageMaker project template"


@pytest.fixture
def content(world: RepositoryWorld) -> Content:
    """A project's repository, seeded with the first version; three more are published."""
    content = Content(world)
    content.seed()
    world.aws.bundles |= {"2.zip": zipped(FILES_2), "3.zip": zipped(FILES_3)}
    return content


def test_a_new_version_is_one_commit_on_template_and_a_pull_request(content: Content) -> None:
    answer = content.update(V1, **V2)
    (offer,) = content.pull_requests()
    assert answer["Reason"] == f"The new seed code is offered as {offer['html_url']}."
    assert content.history("template")[:2] == [UPDATE, content.history()[0]]
    assert offer["base"]["ref"] == "main"
    assert offer["head"]["sha"] == content.head("template")
    assert offer["head"]["ref"] == f"template-{content.head('template')[:8]}"
    assert content.files("template") == {**FILES_2, "project.env": content.files()["project.env"]}
    assert "new.py" not in content.files()


def test_merging_the_offer_keeps_the_template_branch_and_brings_the_new_file(
    world: RepositoryWorld, content: Content
) -> None:
    content.update(V1, **V2)
    (offer,) = content.pull_requests()
    content.push("README.md", "my words\n")
    world.github.rest("PUT", f"/repos/{NAME}/pulls/{offer['number']}/merge", {})
    assert content.files()["new.py"] == (b"new\n", 0o755)
    assert content.files()["README.md"][0] == b"my words\n"
    assert content.head("template") == offer["head"]["sha"]
    assert content.update(V2, **V3)["Status"] == "SUCCESS"
    assert len(content.pull_requests()) == 1


def test_the_same_version_again_writes_nothing(world: RepositoryWorld, content: Content) -> None:
    content.update(V1, **V2)
    before = world.last_number
    assert "was offered before" in content.update(V1, **V2)["Reason"]
    assert world.writes(before) == []


def test_a_declined_offer_is_not_repeated(world: RepositoryWorld, content: Content) -> None:
    content.update(V1, **V2)
    (offer,) = content.pull_requests()
    world.github.rest("PATCH", f"/repos/{NAME}/pulls/{offer['number']}", {"state": "closed"})
    assert "was offered before" in content.update(V1, **V2)["Reason"]
    assert content.pull_requests() == []


def test_a_newer_version_takes_the_place_of_an_open_offer(content: Content) -> None:
    content.update(V1, **V2)
    content.update(V2, **V3)
    (offer,) = content.pull_requests()
    assert offer["head"]["sha"] == content.head("template")
    assert len(content.pull_requests("all")) == 2


def test_going_back_to_the_old_version_closes_the_offer(content: Content) -> None:
    content.update(V1, **V2)
    answer = content.update(V2, **V1)
    assert "holds this version of the seed code already" in answer["Reason"]
    assert content.pull_requests() == []
    assert content.files("template") == content.files("main")


def test_what_users_do_in_the_offers_branch_never_reaches_template(
    world: RepositoryWorld, content: Content
) -> None:
    """GitHub's conflict editor writes into the branch of the pull request."""
    content.update(V1, **V2)
    (offer,) = content.pull_requests()
    content.push("README.md", "resolved by hand\n", branch=offer["head"]["ref"])
    world.github.rest("PUT", f"/repos/{NAME}/pulls/{offer['number']}/merge", {})
    content.update(V2, **V3)
    (next_offer,) = content.pull_requests()
    world.github.rest("PUT", f"/repos/{NAME}/pulls/{next_offer['number']}/merge", {})
    assert content.files()["README.md"][0] == b"resolved by hand\n"
    assert "newer.py" in content.files()


def test_variables_that_differ_are_no_part_of_an_offer(content: Content) -> None:
    answer = content.update(V1, **V2, Configuration={"NEW": "1"})
    (offer,) = content.pull_requests()
    assert answer["Reason"] == (
        f"The configuration in {NAME} is updated. "
        f"The new seed code is offered as {offer['html_url']}."
    )
    changed = content.git("diff", "--name-only", f"main...{offer['head']['sha']}")
    assert changed.decode().split() == ["new.py"]
    assert content.files()["project.env"][0] == b"NEW=1\n"


def test_a_missing_template_branch_is_told_and_fails_nothing(content: Content) -> None:
    content.git("update-ref", "-d", "refs/heads/template")
    answer = content.update(V1, **V2)
    assert answer["Status"] == "SUCCESS"
    assert "its branch template is gone; restore that branch" in answer["Reason"]


def test_a_template_branch_that_a_user_wrote_to_is_left_alone(
    world: RepositoryWorld, content: Content
) -> None:
    content.push("README.md", "mine\n", branch="template")
    before = world.last_number
    answer = content.update(V1, **V2)
    assert answer["Status"] == "SUCCESS"
    assert "somebody pushed to its branch template" in answer["Reason"]
    assert world.writes(before) == []


@pytest.mark.tier("test")
@pytest.mark.parametrize("fault", ["lost", "kill-after", "kill"])
@pytest.mark.parametrize("number", range(1, 11))
def test_an_interrupted_offer_is_finished_once(
    world: RepositoryWorld, content: Content, fault: str, number: int
) -> None:
    injected = world.github.faults.add(fault, agent="^mlops", nth=number)  # type: ignore[arg-type]
    assert content.update(V1, **V2)["Status"] == "SUCCESS"
    assert injected.hits == 1
    assert len(content.pull_requests()) == 1
    assert content.history("template").count(UPDATE) == 1


@pytest.mark.parametrize(("method", "path"), [("GET", "/git/commits/"), ("POST", "/pulls$")])
def test_an_offer_waits_for_what_is_not_ready(
    world: RepositoryWorld, content: Content, method: str, path: str
) -> None:
    world.github.faults.add("404", method=method, path=path, times=3)
    assert content.update(V1, **V2)["Status"] == "SUCCESS"
    assert len(content.pull_requests()) == 1
