"""What the registration of the project's template allows: other images and networks are refused.

IAM would refuse them too, but in a job, after the image was looked for or the instance was paid.
"""

from __future__ import annotations

from ml_pipelines.settings import PipelineSettings, Project, SettingsError


def check_allowed(project: Project, settings: PipelineSettings) -> None:
    """Refuse an image, a subnet or a security group that the registration does not allow.

    Raises:
        SettingsError: names the setting, and that of the registration.
    """
    image, jobs = settings.algorithm.image, settings.jobs
    for setting, name, asked in (
        ("algorithm.image", "IMAGE_REPOSITORIES", [image.partition("@")[0]] if image else []),
        ("jobs.subnets", "JOBS_SUBNETS", jobs.subnets),
        ("jobs.security_groups", "JOBS_SECURITY_GROUPS", jobs.security_groups),
    ):
        allowed = [item for item in getattr(project, name).split(",") if item]
        for item in asked:
            if item not in allowed:
                raise SettingsError(
                    f"setting {setting} of pipeline.toml is refused: {item} is not among what "
                    f"{name} of the template's registration allows ({', '.join(allowed) or 'none'})"
                    "; ask your platform team to add it, and update the project."
                )
