"""Parameters of a project stack, with patterns that refuse what would fail later."""

from typing import Any

from aws_cdk import CfnCondition, CfnParameter, Fn, Stack

from mlops_sm_project_template.config import encryption_key, names
from mlops_sm_project_template.config.data_locations import DataLocation, pattern_of_folders
from mlops_sm_project_template.location_statements import longest_choice
from mlops_sm_project_template.templates.pipeline_constructs.project_stages import (
    PLACES,
    ProjectStages,
)

# CloudFormation puts the ARN there at the launch and at each update.
FIRST_STUDIO_ROLE = f"{{{{resolve:ssm:{names.EXECUTION_ROLE_PARAMETER}}}}}"
_PROJECT = {"SageMakerProjectName", "SageMakerProjectId"}


class ProjectParameters:
    """What Studio and the data scientist fill in; each attribute is a token.

    Studio fills in the first two by name, so those names are fixed by SageMaker.
    """

    def __init__(
        self,
        stack: Stack,
        *,
        locations: tuple[DataLocation, ...] = (),
        studio_roles: tuple[str, ...] = (),
        company_tags: tuple[tuple[str, str], ...] = (),
        kms_key: str = "",
        has_budgets: bool = False,
    ) -> None:
        """Ask for folders, whose project it is, its key and a budget only if there is a choice."""
        self._stack = stack
        self._company_tags = company_tags
        self._labels: dict[str, str] = {}
        self._ask_studio()
        self._ask_of_github()
        self._ask_what_stays()
        self._ask_of_stages()
        if locations:
            self._ask_for_data(locations)
        self.studio_role = self._ask_whose(studio_roles) if studio_roles else FIRST_STUDIO_ROLE
        self.encryption_key = self._ask_for_key() if kms_key else ""
        if has_budgets:
            self._ask_for_budget()
        self._describe_form()

    def _ask_studio(self) -> None:
        self.project_name = self._text(
            "SageMakerProjectName",
            label="Project name",
            description="Name of the project",
            allowed_pattern="^[a-zA-Z0-9](-*[a-zA-Z0-9])*$",
            min_length=1,
            max_length=32,
            constraint_description="1 to 32 letters, digits and hyphens, without one at either end",
        )
        self.project_id = self._text(
            "SageMakerProjectId",
            label="Project id",
            description="Service generated id of the project",
            allowed_pattern="^p-[a-z0-9]{12}$",
            constraint_description="p- and 12 lower-case letters or digits",
        )

    def _ask_of_github(self) -> None:
        self.owner = self._text(
            "GithubUserName",
            label="GitHub user or organization (case-sensitive)",
            description="GitHub user or organization that will own the two repositories",
            allowed_pattern="^[a-zA-Z0-9][a-zA-Z0-9_-]{0,38}$",
            constraint_description="a GitHub user or organization name, without @ and address",
        )
        self.access_token = self._text(
            "GithubAccessToken",
            label="GitHub personal access token",
            description=(
                "Classic with the scopes repo and workflow, and delete_repo to delete later; or "
                "fine-grained with Administration, Contents, Workflows, Actions, Commit statuses, "
                "Pull requests: write; empty for the credential that is stored for the owner"
            ),
            default="",
            no_echo=True,
            allowed_pattern="^[!-~]{0,1024}$",
            constraint_description="the token alone, without spaces or line breaks, or nothing",
        )
        self.has_token = CfnCondition(
            self._stack,
            "HasToken",
            expression=Fn.condition_not(Fn.condition_equals(self.access_token, "")),
        )

    def _ask_what_stays(self) -> None:
        self.repositories_on_delete = self._text(
            "RepositoriesOnDelete",
            label="When the project is deleted, its repositories are",
            description="What happens to the two repositories when the project is deleted",
            default="archive",
            allowed_values=["archive", "delete", "keep"],
        )
        self.data_on_delete = self._text(
            "DataOnDelete",
            label="When the project is deleted, its data and models are",
            description="What happens to the bucket, key and models when the project is deleted",
            default="keep",
            allowed_values=["keep", "delete"],
        )

    def _ask_of_stages(self) -> None:
        stages = self._text(
            "Stages",
            label="Stages",
            description=(
                f"Names of the stages, up to {PLACES} with commas between, the first one first; a "
                "stage keeps its place, so leave that of a removed one empty, as in dev,,live"
            ),
            default=",".join(names.DEFAULT_STAGES),
            # The look-ahead finds a name that is there again.
            allowed_pattern=(
                r"^(?!(.*,)?([a-z0-9]+),(.*,)?\2(,|$))"
                f"{names.STAGE_PATTERN}(,({names.STAGE_PATTERN})?){{0,{PLACES - 1}}}$"
            ),
            constraint_description=(
                f"Stages takes up to {PLACES} different names with commas and no spaces between, "
                "each of up to 20 lower-case letters and digits that begin with a letter; the "
                "place of a removed stage stays empty, but not the first"
            ),
        )
        self.stages = ProjectStages(self._stack, stages)
        self.stage_accounts = self._text(
            "StageAccounts",
            label="AWS accounts of later stages",
            description="Accounts that may deploy the models, with commas between; empty for none",
            default="",
            # The look-ahead finds a number that is there again.
            allowed_pattern=r"^(?!.*([0-9]{12}).*\1)([0-9]{12}(,[0-9]{12})*)?$",
            constraint_description=(
                "different numbers of 12 digits, with commas and no spaces between"
            ),
        )

    def _ask_for_data(self, locations: tuple[DataLocation, ...]) -> None:
        registered = ", ".join(location.address for location in locations)
        longest = longest_choice(locations)
        self.data_locations = self._text(
            "DataLocations",
            label="Folders in S3 that the project reads",
            description=(
                "Folders that the project reads beside its own bucket, with commas between; empty "
                f"for none. They lie in what the template's registration allows: {registered}"
            ),
            default="",
            allowed_pattern=pattern_of_folders(locations),
            max_length=longest,
            constraint_description=(
                f"DataLocations takes up to {longest} characters: folders in what DATA_LOCATIONS "
                "allowed at the registration, s3://bucket/folder/ with a slash at the end, with "
                "commas between and no spaces"
            ),
        )

    def _ask_whose(self, studio_roles: tuple[str, ...]) -> str:
        """The role that is chosen, or the first one."""
        chosen = self._text(
            "StudioRoleArn",
            label="Studio role whose users work on the project",
            description=(
                "Execution role of the Studio users who get at the project's bucket and key; empty "
                f"for the role in {names.EXECUTION_ROLE_PARAMETER}"
            ),
            default="",
            allowed_values=["", *studio_roles],
            constraint_description=(
                "StudioRoleArn takes one of the roles that STUDIO_ROLES named at the registration, "
                "or nothing"
            ),
        )
        is_chosen = CfnCondition(
            self._stack,
            "StudioRoleIsChosen",
            expression=Fn.condition_not(Fn.condition_equals(chosen, "")),
        )
        return Fn.condition_if(is_chosen.logical_id, chosen, FIRST_STUDIO_ROLE).to_string()

    def _ask_for_key(self) -> str:
        return self._text(
            "EncryptionKey",
            label="KMS key of the project",
            description=(
                f"{encryption_key.SHARED} for the key that the template's registration names; "
                f"{encryption_key.OWN} for a project that has a key of its own already"
            ),
            default=encryption_key.SHARED,
            allowed_values=[encryption_key.SHARED, encryption_key.OWN],
        )

    def _ask_for_budget(self) -> None:
        self.monthly_budget = self._text(
            "MonthlyBudget",
            label="US dollars that the project may cost a month",
            description=(
                "Budget in whole US dollars a month; AWS tells the topic of the registration at "
                "80 % and 100 % of it, and stops nothing. Empty for none"
            ),
            default="",
            allowed_pattern="^([1-9][0-9]{0,8})?$",
            constraint_description=(
                "MonthlyBudget takes whole US dollars, such as 200, or nothing for no budget"
            ),
        )
        self.has_budget = CfnCondition(
            self._stack,
            "BudgetIsGiven",
            expression=Fn.condition_not(Fn.condition_equals(self.monthly_budget, "")),
        )

    @property
    def tags(self) -> dict[str, str]:
        """Tags of everything that belongs to the project."""
        return {
            **dict(self._company_tags),
            names.PROJECT_ID_TAG: self.project_id,
            names.PROJECT_NAME_TAG: self.project_name,
        }

    def _text(self, name: str, *, label: str, **properties: Any) -> str:
        self._labels[name] = label
        return CfnParameter(self._stack, name, type="String", **properties).value_as_string

    def _describe_form(self) -> None:
        others = [name for name in self._labels if name not in _PROJECT]
        self._stack.template_options.metadata = {
            "AWS::CloudFormation::Interface": {
                "ParameterGroups": [
                    {"Label": {"default": "Project"}, "Parameters": sorted(_PROJECT)},
                    {
                        "Label": {"default": "GitHub, clean-up, accounts and data"},
                        "Parameters": others,
                    },
                ],
                "ParameterLabels": {
                    name: {"default": label} for name, label in self._labels.items()
                },
            }
        }
