"""All steps of the way back, in order; those of a registration are taken the other way round."""

from operations.steps.step import Step
from operations.unregistration.bucket_step import BucketStep
from operations.unregistration.prerequisites_step import PrerequisitesStep
from operations.unregistration.product_step import ProductStep
from operations.unregistration.setting import Setting
from operations.unregistration.table_steps import DeleteTableStep, ProtectTableStep


def steps_of(setting: Setting) -> list[Step]:
    """The steps; the first that looks at projects comes before anything changes."""
    return [
        ProtectTableStep(setting),
        ProductStep(setting),
        BucketStep(setting),
        DeleteTableStep(setting),
        PrerequisitesStep(setting),
    ]
