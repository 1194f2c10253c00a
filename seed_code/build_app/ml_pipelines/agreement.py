"""What `dataset.toml` and `pipeline.toml` must agree on, and what follows from both."""

from __future__ import annotations

from dataset import Dataset

from ml_pipelines.settings import Hyperparameters, PipelineSettings, SettingsError

# What XGBoost optimizes so that its predictions are what evaluation expects of the task: numbers,
# or probabilities. The first is taken when none is named.
OBJECTIVES = {
    "regression": (
        "reg:squarederror",
        "reg:absoluteerror",
        "reg:gamma",
        "reg:pseudohubererror",
        "reg:squaredlogerror",
        "reg:tweedie",
        "count:poisson",
    ),
    "binary": ("binary:logistic", "reg:logistic"),
    "multiclass": ("multi:softprob",),
}


def check_agreement(settings: PipelineSettings, dataset: Dataset) -> None:
    """Refuse a label that the task cannot have, or an objective of another task.

    Raises:
        SettingsError: says which setting to change.
    """
    task, label, classes = settings.task.type, dataset.label, len(dataset.classes)
    fits = {"regression": classes == 0, "binary": classes == 2, "multiclass": classes > 2}
    if not fits[task]:
        what = f"has {classes} classes" if classes else "is a number"
        right = next(name for name, is_right in fits.items() if is_right)
        raise SettingsError(
            f"setting task.type of pipeline.toml is refused: the label '{label}' of dataset.toml "
            f"{what}; write {right}, or change the label's column."
        )
    given = settings.algorithm.hyperparameters
    objective, count = given.get("objective"), given.get("num_class")
    if not settings.algorithm.is_built_in:
        return
    if objective is not None and objective not in OBJECTIVES[task]:
        raise SettingsError(
            f"setting algorithm.hyperparameters.objective of pipeline.toml is refused: {objective} "
            f"is none for the task {task}; choose one of {', '.join(OBJECTIVES[task])}."
        )
    if count is not None and count != classes:
        raise SettingsError(
            f"setting algorithm.hyperparameters.num_class of pipeline.toml is refused: the label "
            f"'{label}' of dataset.toml has {classes} classes; leave num_class out."
        )


def hyperparameters(settings: PipelineSettings, dataset: Dataset) -> Hyperparameters:
    """Those of `pipeline.toml`, and what the training must be told of the task.

    Of a script or an image of one's own nothing is known: its hyperparameters are not checked.
    """
    task = settings.task.type
    if not settings.algorithm.is_built_in:
        return {"task": task, **settings.algorithm.hyperparameters}
    known: Hyperparameters = {"objective": OBJECTIVES[task][0]}
    if task == "multiclass":
        known["num_class"] = len(dataset.classes)
    return {**known, **settings.algorithm.hyperparameters}
