"""Settings -> CoreStage -> synth; nothing else."""

import sys

from aws_cdk import App

from mlops_sm_project_template.config.settings import Settings, SettingsError
from mlops_sm_project_template.core_stage import CoreStage


def build_app(settings: Settings) -> App:
    """Make the app whose only stage, `dev`, registers the template in one account and region."""
    app = App(analytics_reporting=False, tree_metadata=False)
    CoreStage(app, "dev", settings=settings)
    return app


if __name__ == "__main__":
    try:
        build_app(Settings.load()).synth()
    except SettingsError as error:
        sys.exit(f"error: {error}")
