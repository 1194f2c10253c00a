"""What stops a command: one sentence with its cause and its remedy."""


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


class RegionMissingError(OperationError):
    """Nobody said which region."""

    def __init__(self) -> None:
        super().__init__(
            "No region is set; set AWS_REGION, or a region in the profile AWS_PROFILE."
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
