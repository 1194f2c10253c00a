"""Both ways of registration, as the documents order them, the console's steps too."""

import json
import subprocess
from pathlib import Path

from github.Repository import Repository

from mlops_sm_project_template.config import names
from proof.digest import list_files
from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.acts.register import WORKFLOW
from rehearsal.conductor.acts.set_up import STUDIO_ROLE, create_studio_role, studio_role_arn
from rehearsal.conductor.acts.template_repository import NAME as REPOSITORY
from rehearsal.conductor.aws_accounts import ACCOUNT, REGION
from rehearsal.conductor.github_setup import PLATFORM_ENGINEER
from tests.docs.code_blocks import blocks
from tests.documents import ROOT, section
from tests.rehearsed.readme.typing_person import TypingPerson


def register_by_hand(play: Play, person: TypingPerson, clone: Path) -> None:
    """Follow *By hand* to its last command."""
    create_studio_role(play)
    _follow_console(play)
    _type_section(person, "Before either way")
    text = section("By hand")
    (settings,) = blocks(text, "text")
    copy, *commands = blocks(text, "sh")
    person.types(copy)
    _fill_in(clone / ".env", settings)
    for block in commands:
        person.types(block)
    assert _offered(play) == [names.PRODUCT]


def start_workflow(play: Play, person: TypingPerson, clone: Path) -> Repository:
    """Follow *By workflow* to its last command; return the repository whose workflow it starts."""
    create_studio_role(play)
    _type_section(person, "Before either way")
    _push(play, clone)
    person.owns(f"{PLATFORM_ENGINEER}/{REPOSITORY}")
    repository = play.github(PLATFORM_ENGINEER).get_repo(f"{PLATFORM_ENGINEER}/{REPOSITORY}")
    ask, prepare, start = blocks(section("By workflow"), "sh")
    (subject,) = person.types(ask)
    person.values |= {
        "arn:aws:iam::111122223333:role/NAME": studio_role_arn(),
        "NAME": STUDIO_ROLE,
        # As the documents say for a GitHub Enterprise Server.
        "repo:OWNER@1/REPOSITORY@2": f"{subject} OpenIdConnectIssuer="
        f"{play.world.github_url.removeprefix('http://')}/_services/token",
    }
    *_, outputs = person.types(prepare)
    told = {output["OutputKey"]: output["OutputValue"] for output in outputs}
    for name, value in (
        ("AWS_ACCOUNT_OPENID_IAM_ROLE", told["RegistrationRoleArn"]),
        ("AWS_REGION", REGION),
        ("AWS_ACCOUNT", ACCOUNT),
    ):
        repository.create_secret(name, value)
    person.types(start)
    return repository


def register_by_workflow(play: Play, person: TypingPerson, clone: Path) -> None:
    """Follow *By workflow* to its end."""
    repository = start_workflow(play, person, clone)
    play.wait_for_run(repository, WORKFLOW, seconds=300)
    conclusions = [run.conclusion for run in repository.get_workflow_runs()]
    assert conclusions == ["success", "failure"]  # the push came before role and secrets
    assert _offered(play) == [names.PRODUCT]


def _type_section(person: TypingPerson, title: str) -> None:
    for block in blocks(section(title), "sh"):
        person.types(block)


def _follow_console(play: Play) -> None:
    """Do the first two steps of *The same by hand in the console* by what the console calls."""
    policy, *_ = blocks(section("The same by hand in the console"), "json")
    play.world.administrator.client("iam").put_role_policy(
        RoleName=STUDIO_ROLE,
        PolicyName="creates-projects",
        PolicyDocument=json.dumps(json.loads(policy)),
    )
    play.world.administrator.client("ssm").put_parameter(
        Name="/sagemaker/execution/role", Type="String", Value=studio_role_arn()
    )


def _fill_in(file: Path, settings: str) -> None:
    """Edit `.env` as somebody does who reads which lines it is to have."""
    wanted = dict(line.split("=", 1) for line in settings.split())
    text = [line.rstrip("\n") for line in file.read_text(encoding="utf-8").splitlines()]
    empty = [f"{name}=" for name in wanted]
    assert [line for line in text if line in empty] == empty
    filled = [f"{line}{wanted[line[:-1]]}" if line in empty else line for line in text]
    file.write_text("\n".join(filled) + "\n", encoding="utf-8")


def _push(play: Play, clone: Path) -> None:
    """Make a private repository of one's own, and push the clone to it."""
    play.github(PLATFORM_ENGINEER).get_user().create_repo(REPOSITORY, private=True)
    address = f"{play.world.github_url}/{PLATFORM_ENGINEER}/{REPOSITORY}.git"
    author = ("-c", "user.name=Platform Engineer", "-c", "user.email=platform@example.com")
    for arguments in (
        ("remote", "add", "origin", address),
        ("add", "--force", "--", *list_files(ROOT)),
        (*author, "commit", "--quiet", "--message", "The template"),
        ("push", "--quiet", "--set-upstream", "origin", "main"),
    ):
        env = play.git_environment(PLATFORM_ENGINEER)
        subprocess.run(["git", *arguments], cwd=clone, env=env, check=True)


def _offered(play: Play) -> list[str]:
    """Names of the products in the account's Service Catalog."""
    found = play.world.administrator.client("servicecatalog").search_products_as_admin()
    return [view["ProductViewSummary"]["Name"] for view in found["ProductViewDetails"]]
