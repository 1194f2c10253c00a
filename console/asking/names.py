"""What pages have in their addresses: a project by one of its names, a stage, a version."""

import re
from dataclasses import dataclass

from console.errors import Absent, NoPageError
from mlops_sm_project_template.config.names import STAGE_PATTERN
from operations.aws_session import Identity

_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_GROUP = re.compile(r"(?P<name>[a-zA-Z0-9][a-zA-Z0-9-]{0,31})-(?P<id>p-[a-z0-9]{12})")


@dataclass(frozen=True)
class ProjectNames:
    """What belongs to a project by its name.

    Args:
        name: of the project.
        id: of the project, `p-` and 12 characters.
    """

    name: str
    id: str

    @classmethod
    def parse(cls, group: str) -> "ProjectNames":
        """Read the name of a pipeline and model package group.

        Raises:
            NoPageError: no project is called so.
        """
        found = _GROUP.fullmatch(group)
        if found is None:
            raise NoPageError(Absent(f"No project has the model package group {group[:80]}."))
        return cls(found["name"], found["id"])

    @property
    def group(self) -> str:
        """Of its pipeline, and of its model package group."""
        return f"{self.name}-{self.id}"

    @property
    def page(self) -> str:
        """Address of its page, and of the folder of those below it."""
        return f"/projects/{self.group}"

    @property
    def build_repository(self) -> str:
        """On GitHub."""
        return f"{self.name}-build"

    @property
    def deploy_repository(self) -> str:
        """On GitHub."""
        return f"{self.name}-deploy"

    def lacks(self, sentence: str) -> Absent:
        """That something of the project is not there; one goes on from its page."""
        return Absent(sentence, self.page, f"the page of {self.name}")

    @property
    def absent(self) -> Absent:
        """That it is not there itself."""
        return Absent(
            f"There is no project {self.name} with the id {self.id} in this account and region: it "
            "was deleted, or the address is wrong.",
            is_project=True,
        )

    def endpoint(self, stage: str) -> str:
        """Of a stage."""
        return f"{self.name}-{stage}"

    def stack(self, stage: str) -> str:
        """Of a stage."""
        return f"mlops-{self.id}-{stage}"

    def version_arn(self, number: int, identity: Identity) -> str:
        """Of a version of its group."""
        return (
            f"arn:{identity.partition}:sagemaker:{identity.region}:{identity.account}"
            f":model-package/{self.group}/{number}"
        )


def parse_stage(text: str, project: ProjectNames) -> str:
    """Read the name of a stage.

    Raises:
        NoPageError: none can be called so.
    """
    if not re.fullmatch(STAGE_PATTERN, text):
        told = f"No stage is called {text[:80]}; {project.name} has a list of them on its page."
        raise NoPageError(project.lacks(told))
    return text


def parse_number(text: str, project: ProjectNames) -> int:
    """Read a version's number.

    Raises:
        NoPageError: no version has it.
    """
    if not _NUMBER.fullmatch(text):
        told = f"No version is called {text[:80]}; versions are numbered from 1."
        raise NoPageError(project.lacks(told))
    return int(text)
