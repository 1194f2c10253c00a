"""Who may use the credential that is stored for an owner.

A launch: whoever launched, by AWS's own records, if the credential's list of users names them or
is empty. An update: AWS does not record who updates, so that an update goes on with the credential
and the repository that the project has, and can come to no other by a stored credential.
"""

import logging

from github_client.credentials import read_stored
from github_client.errors import TokenError
from project_repository.identity import RepositoryIdentity
from project_repository.launcher import Launch, find_launcher, identity_of
from project_repository.request import RepositoryRequest
from project_repository.session import Session

_log = logging.getLogger(__name__)


class CredentialRefusedError(TokenError):
    """Whoever launched is not among the credential's users."""

    def __init__(self, owner: str, launcher: str) -> None:
        account, kind, name = launcher.split(" ", 2)
        super().__init__(
            f"The {kind} {name} of account {account} may not use the credential stored for "
            f"{owner}; give a token as GithubAccessToken, or have the {kind} added with `python -m "
            f"operations credential add {owner} --for`."
        )


class CredentialSwitchError(TokenError):
    """An update would use a stored credential for something new."""

    def __init__(self, owner: str) -> None:
        super().__init__(
            "AWS does not record who updates a project, so an update can neither go over to the "
            f"credential stored for {owner} nor make another repository with it; give a token as "
            "GithubAccessToken, or create another project."
        )


def check_launch(session: Session, request: RepositoryRequest) -> None:
    """Let a launch use the credential that it asks for.

    Raises:
        TokenSecretError: the stored credential cannot be read.
        LauncherUnknownError: it is not known who launched.
        CredentialRefusedError: they may not use it.
    """
    if not request.uses_stored:
        return
    users = read_stored(session.tools.aws("secretsmanager"), request.token_secret_arn).users
    launch = Launch(
        session.event["StackId"], request.project_name, request.project_id, request.owner
    )
    launcher = find_launcher(launch, session.tools.aws, session.deadline)
    if users and launcher not in {identity_of(user) for user in users}:
        raise CredentialRefusedError(request.owner, launcher)
    _log.info("launched by %s with the credential stored for %s", launcher, request.owner)


def check_update(
    session: Session,
    request: RepositoryRequest,
    previous: RepositoryRequest,
    identity: RepositoryIdentity | None,
) -> None:
    """Let an update use the credential that its project has, for the repository that it has.

    Args:
        session: tells whether an update is taken back, which returns to what there was.
        request: what is wanted.
        previous: what there was.
        identity: of the project's repository.

    Raises:
        CredentialSwitchError: it would use another one.
    """
    if not request.uses_stored:
        return
    same_secret = previous.token_secret_arn == request.token_secret_arn
    same_repository = identity and identity.full_name.lower() == request.full_name.lower()
    if not (same_secret and same_repository) and not session.is_rolling_back():
        raise CredentialSwitchError(request.owner)
