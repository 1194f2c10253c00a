"""Deploys with the project's own CloudFormation role, never with the CDK bootstrap roles."""

from typing import NoReturn

from aws_cdk import ISynthesisSession, StackSynthesizer

from deploy_endpoint.errors import AssetRefusedError


class ProjectRoleSynthesizer(StackSynthesizer):
    """Hands the template inline to CloudFormation, which then works as the given role.

    The command line calls CloudFormation with the credentials that it already has, and nothing
    of the CDK bootstrap is needed. `BootstraplessSynthesizer` of the CDK does not do this: it
    writes the bootstrap deploy role into the manifest, and the command line tries to assume it.
    """

    def __init__(self, cloudformation_role_arn: str) -> None:
        super().__init__()
        self._role_arn = cloudformation_role_arn

    def synthesize(self, session: ISynthesisSession) -> None:
        """Write the template and its manifest entry."""
        self._synthesize_template(session)
        self._emit_artifact(session, cloud_formation_execution_role_arn=self._role_arn)

    def add_file_asset(self, *_: object, **__: object) -> NoReturn:
        """Refuse: there is no bucket to put a file into."""
        raise AssetRefusedError("file")

    def add_docker_image_asset(self, *_: object, **__: object) -> NoReturn:
        """Refuse: there is no registry to push an image to."""
        raise AssetRefusedError("image")
