"""All steps of a registration, in order."""

from operations.registration.bootstrap_step import BootstrapStep
from operations.registration.deploy_step import DeployStep
from operations.registration.prerequisites_step import PrerequisitesStep
from operations.registration.push_step import PushStep
from operations.registration.repository_step import RepositoryStep
from operations.registration.secrets_step import SecretsStep
from operations.registration.setting import Setting
from operations.registration.settings_file_step import SettingsFileStep
from operations.registration.variables_step import VariablesStep
from operations.registration.workflow_step import WorkflowStep
from operations.steps.step import Step


def steps_of(setting: Setting) -> list[Step]:
    """The steps by which GitHub's workflow registers the template, or this machine does."""
    prerequisites, push = PrerequisitesStep(setting), PushStep(setting)
    if not setting.owner:
        keep = [SettingsFileStep(setting)] if setting.found_settings else []
        return [BootstrapStep(setting), prerequisites, *keep, DeployStep(setting)]
    variables = VariablesStep(setting)
    return [
        BootstrapStep(setting),
        RepositoryStep(setting),
        prerequisites,
        SecretsStep(setting, prerequisites),
        variables,
        push,
        WorkflowStep(setting, push, variables),
    ]
