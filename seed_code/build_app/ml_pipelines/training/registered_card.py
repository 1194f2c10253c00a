"""SageMaker's own model card of a version: what is known of it when the pipeline is built.

The schema is "Model package model card schema" of the SageMaker developer guide. What the model is
for, and for what not, is left to people: the card begins as a draft. How good the model is stands
in `evaluation.json`, which the card names. Content must not differ from build to build.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from sagemaker.core.resources import ModelPackageModelCard
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join
from sagemaker.mlops.workflow.steps import TrainingStep

from ml_pipelines.agreement import hyperparameters
from ml_pipelines.training.workshop import Workshop

_MOST_PARAMETERS = 100
_LONGEST_VALUE = 200
_LONGEST_DETAIL = 1024
# What an execution alone knows stands so in the text before that is cut there. `_text` lets no
# other such character into a card.
_MARKED = re.compile(r"\\u0000(\d+)\\u0000")


@dataclass(frozen=True)
class Known:
    """What an execution alone knows, by the marks that stand for it."""

    values: list[Any] = field(default_factory=list)

    def mark(self, value: Any) -> str:
        """Stand for a value in a text."""
        self.values.append(value)
        return f"\0{len(self.values) - 1}\0"

    def join(self, text: str) -> Join:
        """The text of JSON with the values instead of their marks."""
        parts: list[Any] = _MARKED.split(text)
        parts[1::2] = [self.values[int(position)] for position in parts[1::2]]
        return Join(on="", values=parts)


def registered_card(
    workshop: Workshop, train: TrainingStep, package_folder: Any, report_folder: Any
) -> ModelPackageModelCard:
    """Describe a version.

    Args:
        workshop: what every step needs.
        train: the step whose model it is.
        package_folder: address of the folder of `model.tar.gz`.
        report_folder: address of the folder of `evaluation.json`.
    """
    known = Known()
    metric, threshold = workshop.settings.metric, workshop.parameters.metric_threshold
    content = {
        "model_overview": {
            "model_creator": f"pipeline {workshop.project.PIPELINE_NAME}",
            "model_artifact": [f"{known.mark(package_folder)}/model.tar.gz"],
        },
        "training_details": {
            **_training(workshop),
            "training_job_details": _training_job(workshop, train, known),
        },
        "evaluation_details": [
            {
                "name": "evaluation.json",
                "evaluation_observation": (
                    "Metrics of the test records with intervals, and the numbers of their "
                    "pictures; `make card` of the build repository shows them."
                ),
                "datasets": [f"{known.mark(report_folder)}/evaluation.json"],
                "metadata": {"gate": f"{metric.name} {metric.relation} {known.mark(threshold)}"},
            }
        ],
        "additional_information": {
            "custom_details": {
                **_details(workshop),
                "pipeline_execution": known.mark(ExecutionVariables.PIPELINE_EXECUTION_ARN),
            }
        },
    }
    return ModelPackageModelCard(
        model_card_content=known.join(json.dumps(content, ensure_ascii=False)),
        model_card_status="Draft",
    )


def _training(workshop: Workshop) -> dict[str, Any]:
    algorithm = workshop.settings.algorithm
    image = algorithm.image or f"{algorithm.framework} {algorithm.version}"
    about = f"{image}, {algorithm.script or 'the algorithm that is built into the image'}"
    details: dict[str, Any] = {
        "training_observations": _text(f"{about}; task {workshop.settings.task.type}")
    }
    # What a script or an image of one's own optimizes, it alone knows.
    if algorithm.is_built_in:
        objective = hyperparameters(workshop.settings, workshop.dataset)["objective"]
        details["objective_function"] = {
            "function": {"function": "Minimize", "facet": "Loss"},
            "notes": _text(str(objective)),
        }
    return details


def _training_job(workshop: Workshop, train: TrainingStep, known: Known) -> dict[str, Any]:
    given = sorted(hyperparameters(workshop.settings, workshop.dataset).items())
    return {
        "training_arn": known.mark(train.properties.TrainingJobArn),
        "training_datasets": [known.mark(workshop.parameters.input_data_url)],
        "training_environment": {"container_image": [workshop.image_uri]},
        "hyper_parameters": [
            {"name": _text(name), "value": _text(str(value)) or "(empty)"}
            for name, value in given[:_MOST_PARAMETERS]
        ],
    }


def _details(workshop: Workshop) -> dict[str, str]:
    dataset = workshop.dataset
    lists = {
        "label": [dataset.label],
        "classes": dataset.classes,
        "columns": [column.name for column in dataset.features if column.is_used],
        "unused_columns": [column.name for column in dataset.features if not column.is_used],
    }
    return {
        name: _text(", ".join(texts), _LONGEST_DETAIL) for name, texts in lists.items() if texts
    }


def _text(text: str, longest: int = _LONGEST_VALUE) -> str:
    """The text on one line, cut if it is too long."""
    cut = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return "".join(character if character.isprintable() else "�" for character in cut)
