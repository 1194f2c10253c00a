"""What stops a command: one sentence with its cause and its remedy."""

from collections.abc import Sequence


class OperationError(Exception):
    """A command cannot do its work."""


class StackMissingError(OperationError):
    """The template is not registered here."""

    def __init__(self, stack: str, region: str) -> None:
        super().__init__(
            f"There is no stack {stack} in {region}; choose the account and the region of the "
            "template with AWS_PROFILE and AWS_REGION."
        )


class OutputMissingError(OperationError):
    """The template is of an earlier version."""

    def __init__(self, stack: str, output: str) -> None:
        super().__init__(
            f"The stack {stack} has no output {output}; deploy this version of the template, "
            "which adds it."
        )


class AwsRefusedError(OperationError):
    """AWS said no, or cannot be reached."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"AWS did not do its part ({why}); check the credentials, the region and the rights "
            "of AWS_PROFILE."
        )


class NotRedrivenError(OperationError):
    """Some messages stay in their queues."""

    def __init__(self, left: int, first_reason: str) -> None:
        noun = "message stays" if left == 1 else "messages stay"
        super().__init__(
            f"{left} {noun} in the queue (first reason: {first_reason}); correct that and run "
            "the command again."
        )


class RolesTakenError(OperationError):
    """Roles of these names are there, and not from this region."""

    def __init__(self, roles: list[str], prefix: str) -> None:
        super().__init__(
            f"The account has {' and '.join(roles)} already, from a registration in another "
            f"region; give this one names of its own with ROLE_PREFIX={prefix} in .env."
        )


class RolesNamedError(OperationError):
    """The registration that is there names its roles otherwise."""

    def __init__(self, role: str) -> None:
        super().__init__(
            f"The template is registered here with the role {role}, and roles keep path and prefix "
            "for good; set ROLE_PATH and ROLE_PREFIX to what that begins with."
        )


class RegionMissingError(OperationError):
    """Nobody said which region."""

    def __init__(self) -> None:
        super().__init__(
            "No region is set; set AWS_REGION, or a region in the profile AWS_PROFILE."
        )


class EndpointWrongError(OperationError):
    """A setting that names an endpoint is no address."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(
            f"{name} is no address ({value}); write it as https://HOST, or unset it to ask AWS."
        )


class GitHubTokenMissingError(OperationError):
    """There is no credential of GitHub."""

    def __init__(self, server_url: str) -> None:
        super().__init__(
            f"There is no token for {server_url}; run `gh auth login`, or set GH_TOKEN to a token "
            "that may make repositories there."
        )


class SomethingFailsError(OperationError):
    """``doctor`` found what would fail."""

    def __init__(self, count: int) -> None:
        things = "1 thing fails" if count == 1 else f"{count} things fail"
        super().__init__(
            f"{things} as the account and GitHub are now; do what the lines say that begin with "
            "`fails`, then run this again."
        )


class GitHubRefusedError(OperationError):
    """GitHub said no."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(
            f"GitHub did not {what} ({why}); check the owner, and that the token has the scopes "
            "repo and workflow, or these permissions: Administration, Contents, Workflows, "
            "Actions, Secrets, Variables (write)."
        )


class ServerAddressError(OperationError):
    """GitHub's address is none."""

    def __init__(self, given: str) -> None:
        super().__init__(
            f"GITHUB_SERVER_URL is {given!r} but must be the address of GitHub without a path, "
            "such as https://github.example.com; correct it in the environment or in .env."
        )


class BootstrapNotWholeError(OperationError):
    """Parts of it were deleted, or never made."""

    def __init__(self, where: str, missing: Sequence[str], command: str) -> None:
        super().__init__(
            f"The CDK's bootstrap of {where} is not whole: {', '.join(missing)} is missing; run "
            f"`{command}` again, which makes it."
        )


class BootstrapTooOldError(OperationError):
    """The CDK cannot deploy through it."""

    def __init__(self, where: str, version: int, least: int) -> None:
        super().__init__(
            f"The CDK's bootstrap of {where} has version {version}, and {least} is needed; bring "
            f"it up to date with `cdk bootstrap {where}`."
        )


class CommandFailedError(OperationError):
    """A program that we call failed."""

    def __init__(self, command: str, why: str) -> None:
        super().__init__(f"`{command}` failed ({why}); correct that and start again.")


class ProviderAudienceError(OperationError):
    """The account's provider does not let AWS's own audience in."""

    def __init__(self, arn: str, audience: str) -> None:
        super().__init__(
            f"The identity provider {arn} is not for {audience}; add that audience to it, which "
            "takes nothing away from whoever uses it."
        )


class StackBusyError(OperationError):
    """Somebody else changes the stack for a long time."""

    def __init__(self, stack: str) -> None:
        super().__init__(
            f"The stack {stack} is being changed for ten minutes already; look at it in "
            "CloudFormation, and start again when it rests."
        )


class StackFailedError(OperationError):
    """CloudFormation took it back."""

    def __init__(self, stack: str, why: str) -> None:
        super().__init__(
            f"The stack {stack} was not made or updated ({why}); correct that and start again."
        )


class PrerequisitesMissingError(OperationError):
    """The stack is another one."""

    def __init__(self, output: str) -> None:
        super().__init__(
            f"The stack of the prerequisites has no output {output}; deploy "
            "prerequisites/prerequisites.yml of this version."
        )


class NotACloneError(OperationError):
    """There is no commit that could be pushed."""

    def __init__(self, folder: str) -> None:
        super().__init__(f"{folder} is no git repository with a commit; clone this project.")


class PushOvertakenError(OperationError):
    """The repository has work that is not here."""

    def __init__(self, repository: str, branch: str) -> None:
        super().__init__(
            f"{branch} of {repository} has commits that are not in this clone; merge them here "
            "first, or name another repository with --repository."
        )


class RunMissingError(OperationError):
    """GitHub started no run."""

    def __init__(self, workflow: str, repository: str) -> None:
        super().__init__(
            f"No run of {workflow} appeared in {repository}; look whether Actions are enabled "
            "there, and start again."
        )


class RunFailedError(OperationError):
    """The workflow failed."""

    def __init__(self, url: str, conclusion: str, step: str) -> None:
        super().__init__(
            f"The registration ended as {conclusion} ({step}); read {url}, correct what it names, "
            "and start again."
        )


class NoStudioRoleError(OperationError):
    """The account has no SageMaker domain."""

    def __init__(self) -> None:
        super().__init__(
            "There is no SageMaker domain in this account and region; make one with the quick "
            "set-up of the SageMaker console, or name an execution role with --role."
        )


class DomainUnknownError(OperationError):
    """There is no such SageMaker domain."""

    def __init__(self, name: str, region: str, there: Sequence[str]) -> None:
        known = f"give one that is: {', '.join(there)}" if there else "there is none at all"
        super().__init__(
            f"There is no SageMaker domain {name} in {region}; correct --domains or "
            f"STUDIO_DOMAINS, {known}."
        )


class RoleOutsideError(OperationError):
    """The first role is of none of the domains."""

    def __init__(self, role: str, domains: Sequence[str]) -> None:
        super().__init__(
            f"{role} is no role of {', '.join(domains)}; leave --role out, or name its domain with "
            "--domains too."
        )


class TooManyRolesError(OperationError):
    """Named domains have more roles than a registration takes."""

    def __init__(self, domains: Sequence[str], roles: int, most: int) -> None:
        super().__init__(
            f"The domains {', '.join(domains)} have {roles} execution roles, and at most {most} "
            "can be registered; name fewer domains, or give several profiles the same role."
        )


class SettingRefusedError(OperationError):
    """A setting of the company cannot be used."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name} is refused: {why}; correct it in the environment or in .env.")


class SettingsWrongError(OperationError):
    """A setting is malformed, or contradicts another one or the account."""


class AnswerMissingError(OperationError):
    """Nobody is there to be asked."""

    def __init__(self, question: str, option: str, values: list[str]) -> None:
        super().__init__(f"{question} Give one with {option}: {', '.join(values)}.")


class NotAgreedError(OperationError):
    """Nobody is there who could agree."""

    def __init__(self) -> None:
        super().__init__("Nothing was done; start it at a terminal, or with --yes.")


class OwnerMissingError(OperationError):
    """GitHub has no such owner."""

    def __init__(self, owner: str, login: str) -> None:
        super().__init__(
            f"GitHub has no organization {owner}, and the token is of {login}; give one of them "
            "with --owner."
        )


class ReleaseFailedError(OperationError):
    """A project did not get to the version."""


class ProjectUnknownError(OperationError):
    """There is no such project."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            f"There is no project {', '.join(names)} of this template here; `make fleet` lists "
            "those that there are."
        )


class VersionNotOfferedError(OperationError):
    """No project may be brought to it."""

    def __init__(self, wanted: str | None, offered: list[str]) -> None:
        said = f"version {wanted}" if wanted else "version"
        names = ", ".join(offered) or "none"
        super().__init__(
            f"The template offers no {said}; give one with --to that it offers ({names}), or "
            "register the version again."
        )


class FleetStoppedError(OperationError):
    """A project failed, and the rest was not begun."""

    def __init__(self, name: str, why: str, left: list[str]) -> None:
        rest = f"not begun: {', '.join(left)}" if left else "no other is left"
        super().__init__(
            f"{name} was not updated ({why}); {rest}. Correct that, or leave the project out with "
            "--only, and start again."
        )
