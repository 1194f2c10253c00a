"""The request of a page as lines for a shell, with credentials as variables and never as values."""

import shlex
from dataclasses import dataclass

from console.words.shown import printable


@dataclass(frozen=True)
class Invocation:
    """A request for a prediction.

    Args:
        endpoint: its name.
        region: that it lies in.
        address: of SageMaker's runtime, without a slash at the end.
        service: for which the request is signed.
        content_type: of the body.
        accept: the wanted form of the answer.
        body: records.
    """

    endpoint: str
    region: str
    address: str
    service: str
    content_type: str
    accept: str
    body: str

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Tools and their lines; none if a page cannot show the body as it is."""
        if printable(self.body) != self.body:
            return []
        return [("AWS CLI", self.aws), ("curl", self.curl)]

    @property
    def aws(self) -> str:
        """For the AWS command line of either version.

        The body goes through a pipe: as an argument, `file://…` would be read as a file.
        """
        words = [
            *("aws", "sagemaker-runtime", "invoke-endpoint"),
            *("--endpoint-name", self.endpoint, "--region", self.region),
            *("--endpoint-url", self.address),
            *("--content-type", self.content_type, "--accept", self.accept),
            *("--body", "fileb:///dev/stdin", "/dev/stdout"),
        ]
        return f"printf %s {shlex.quote(self.body)} | {shlex.join(words)}"

    @property
    def curl(self) -> str:
        """For curl from 7.75 on; a header without a value, it leaves out."""
        signed = shlex.join(["curl", "--aws-sigv4", f"aws:amz:{self.region}:{self.service}"])
        credentials = (
            '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" '
            '--header "x-amz-security-token: $AWS_SESSION_TOKEN"'
        )
        words = [
            *("--header", f"Content-Type: {self.content_type}"),
            *("--header", f"Accept: {self.accept}"),
            *("--data-raw", self.body),
            f"{self.address}/endpoints/{self.endpoint}/invocations",
        ]
        return f"{signed} {credentials} {shlex.join(words)}"
