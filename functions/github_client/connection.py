"""Connects to GitHub as the functions' settings say."""

from github_client.api import GitHubApi
from github_client.credentials import read_token
from github_client.read_timeout import read_timeout_seconds
from invocation.deadline import Deadline
from invocation.toolbox import Toolbox


def connect(tools: Toolbox, token_secret_arn: str, deadline: Deadline) -> GitHubApi:
    """Connect with the token in that secret.

    Raises:
        TokenSecretError: it cannot be read.
    """
    return GitHubApi(
        base_url=tools.environment["GITHUB_API_URL"],
        token=read_token(tools.aws("secretsmanager"), token_secret_arn),
        http=tools.http,
        deadline=deadline,
        random=tools.random,
        read_timeout_seconds=read_timeout_seconds(tools.environment),
    )
