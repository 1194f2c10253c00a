"""A repository of a project: made, trusted by roles, and filled last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import Aws, CustomResource, Duration, Fn
from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.templates.pipeline_constructs.project_parameters import (
    ProjectParameters,
)
from mlops_sm_project_template.templates.pipeline_constructs.project_stages import (
    ProjectStages,
    Stage,
)

# The longest that CloudFormation waits: GitHub may ask the function to pause for many minutes.
_SERVICE_TIMEOUT_SECONDS = 3600


@dataclass(frozen=True)
class SeedBundle:
    """Where the zip with a repository's first commit lies; the key is a hash of its content."""

    bucket: str
    key: str


class GithubRepository(Construct):
    """A private repository, without content as long as `fill` is not called."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        parameters: ProjectParameters,
        name: str,
        description: str,
        token_secret_arn: str,
        stages: ProjectStages | None = None,
    ) -> None:
        super().__init__(scope, id_)
        self._token_secret_arn = token_secret_arn
        self._repository = self._custom_resource(
            "Repository",
            "Custom::GitHubRepository",
            {
                "Owner": parameters.owner,
                "Name": name,
                "Description": description,
                "TokenSecretArn": token_secret_arn,
                "ProjectId": parameters.project_id,
                # Whoever launched is looked up only for a stored credential.
                "ProjectName": Fn.condition_if(
                    parameters.has_token.logical_id, Aws.NO_VALUE, parameters.project_name
                ),
                "OnDelete": parameters.repositories_on_delete,
                **_environments(stages),
            },
        )

    @property
    def made(self) -> CustomResource:
        """The repository itself: what depends on it comes after the look who may make it."""
        return self._repository

    @property
    def approval_gate(self) -> str:
        """What approvals rest on: `environment`, or `registry` where there are no reviewers."""
        return self._attribute("ApprovalGate")

    @property
    def approval_gate_note(self) -> str:
        """The same for people, in sentences."""
        return self._attribute("ApprovalGateNote")

    def claim(self, stage: Stage) -> str:
        """The subject of a token of a stage: its environment, or the branch alone."""
        return self._attribute(f"StageClaim.{stage.number}")

    def claims(self, settings: Settings) -> dict[str, str]:
        """What a role in another account must know to trust this repository's workflows.

        The variables of `project.env`: the issuer of the tokens, the repository's number, what
        every subject begins with, and which environments there are.
        """
        return {
            "OIDC_ISSUER": settings.github.issuer,
            "REPOSITORY_ID": self._attribute("RepositoryId"),
            "SUB_CLAIM_PREFIX": self._attribute("SubClaimPrefix"),
            "ENVIRONMENTS": self._attribute("Environments"),
        }

    def fill(
        self,
        seed: SeedBundle,
        configuration: Mapping[str, Any],
        *,
        notes: Mapping[str, Mapping[str, str]] | None = None,
        stages: ProjectStages | None = None,
        roles: Sequence[Any] = (),
    ) -> CustomResource:
        """Commit the seed code and `project.env`; what the workflows need must exist before.

        Args:
            seed: the files.
            configuration: the variables of `project.env`.
            notes: by file and mark, texts that follow the line `<!-- note: MARK -->` in that file.
            stages: whose names the seed's settings take, if it has any.
            roles: ARNs, or functions that give them, of what the workflows need.
        """
        return self._custom_resource(
            "Content",
            "Custom::GitHubRepositoryContent",
            {
                "FullName": self._attribute("FullName"),
                "RepositoryId": self._attribute("RepositoryId"),
                "TokenSecretArn": self._token_secret_arn,
                "SeedBucket": seed.bucket,
                "SeedKey": seed.key,
                "Configuration": dict(configuration),
                "Notes": {path: dict(texts) for path, texts in (notes or {}).items()},
                **({"Stages": stages.listed} if stages else {}),
                **({"Roles": list(roles)} if roles else {}),
            },
        )

    def workflows(self, settings: Settings) -> iam.IPrincipal:
        """Workflows of this repository's default branch."""
        branch = f"refs/heads/{names.DEFAULT_BRANCH}"
        return self._trusted(settings, [f"{self._attribute('SubClaimPrefix')}:ref:{branch}"])

    def workflows_of_stage(self, settings: Settings, stage: Stage) -> iam.IPrincipal:
        """The same within the environment of a stage.

        On a plan that has none, the default branch alone stands for it: the repository function
        decides.
        """
        environment = f"{self._attribute('SubClaimPrefix')}:environment:{stage.name}"
        return self._trusted(settings, [environment, self.claim(stage)])

    def _trusted(self, settings: Settings, subjects: list[str]) -> iam.IPrincipal:
        """Workflows of the default branch whose tokens have one of these subjects.

        The repository's own ids are in the condition, so neither its namesake nor its successor
        can take the role. Of the claims beyond `aud` and `sub`, STS hands `ref` and
        `repository_id` to conditions for github.com's provider; where it hands over none, there
        is none to compare.

        Args:
            settings: which GitHub it is.
            subjects: of the tokens.
        """
        issuer = settings.github.issuer
        branch = f"refs/heads/{names.DEFAULT_BRANCH}"
        equal: dict[str, str | list[str]] = {
            f"{issuer}:aud": "sts.amazonaws.com",
            f"{issuer}:sub": subjects,
        }
        github_com_only: dict[str, str | list[str]] = {
            f"{issuer}:ref": branch,
            f"{issuer}:repository_id": self._attribute("RepositoryId"),
        }
        conditions = (
            {"StringEquals": equal | github_com_only}
            if settings.github.hands_over_all_claims
            else {"StringEquals": equal, "StringEqualsIfExists": github_com_only}
        )
        return iam.WebIdentityPrincipal(arns.iam(f"oidc-provider/{issuer}"), conditions)

    def _attribute(self, name: str) -> str:
        return self._repository.get_att_string(name)

    def _custom_resource(
        self, id_: str, resource_type: str, properties: Mapping[str, object]
    ) -> CustomResource:
        return CustomResource(
            self,
            id_,
            resource_type=resource_type,
            service_token=arns.regional("lambda", f"function:{names.REPOSITORY_FUNCTION}"),
            service_timeout=Duration.seconds(_SERVICE_TIMEOUT_SECONDS),
            properties=properties,
        )


def _environments(stages: ProjectStages | None) -> dict[str, Any]:
    """An environment for each stage, in which all but the first ask a reviewer."""
    if stages is None:
        return {"Environments": [], "ReviewedEnvironments": []}
    return {
        "Environments": stages.each(lambda stage: stage.name),
        "ReviewedEnvironments": stages.each(lambda stage: stage.name, first=2),
        "Stages": stages.listed,
    }
