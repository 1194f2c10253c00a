"""What the template's registration has to allow for the settings of this repository.

Whether it does, `get-pipeline-definition` says, by `project.env`; the tests are not about that.
"""

from __future__ import annotations

from ml_pipelines.settings import read_pipeline_settings

SETTINGS = read_pipeline_settings()
ALLOWED = {
    "IMAGE_REPOSITORIES": (SETTINGS.algorithm.image or "").partition("@")[0],
    "JOBS_SUBNETS": ",".join(SETTINGS.jobs.subnets),
    "JOBS_SECURITY_GROUPS": ",".join(SETTINGS.jobs.security_groups),
}
