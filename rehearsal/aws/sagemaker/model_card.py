"""The model card of a version, whose content must follow the schema that AWS publishes.

That is the schema of CloudFormation's `AWS::SageMaker::ModelCard`, with the names as the content
has them (`ModelOverview` is `model_overview`), and with less: a version's card has no
`model_package_details`, and of `model_overview` creator and artifact alone. Source: API reference,
`ModelPackageModelCard`. How AWS words a refusal is not published.
"""

from __future__ import annotations

import importlib
import json
import re
from functools import cache
from typing import Any

from rehearsal.aws.emulator.resource_schemas import schema_of
from rehearsal.aws.sagemaker.errors import RequestRefusedError
from rehearsal.aws.service_kit.operations import Record

_OF_OTHER_CARDS = ("ModelPackageDetails",)
_OVERVIEW = ("ModelCreator", "ModelArtifact")
_INNER_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def check_model_card(card: Record) -> None:
    """Refuse a card whose content is not what a version's card may hold.

    Raises:
        RequestRefusedError: names the part.
    """
    if card.get("ModelCardContent") is None:
        return
    try:
        content = json.loads(card["ModelCardContent"])
    except ValueError as error:
        raise RequestRefusedError(f"ModelCardContent is not JSON: {error}") from error
    problem = next(iter(_validator().iter_errors(content)), None)
    if problem is not None:
        place = "/".join(map(str, problem.path))
        raise RequestRefusedError(
            f"ModelCardContent does not follow the model card schema at #/{place}: "
            f"{problem.message}"
        )


def changed_card(present: Record | None, update: Record) -> Record:
    """The card after an update; a member that the update does not name stays.

    Raises:
        RequestRefusedError: the content is wrong, or of a card that was archived.
    """
    present = present or {}
    if present.get("ModelCardStatus") == "Archived" and "ModelCardContent" in update:
        raise RequestRefusedError("Model Card is in Archived state")
    check_model_card(update)
    return {**present, **update}


@cache
def _validator() -> Any:
    definitions = schema_of("AWS::SageMaker::ModelCard")["definitions"]
    content, overview = (dict(definitions[name]) for name in ("Content", "ModelOverview"))
    content["properties"] = {
        name: part for name, part in content["properties"].items() if name not in _OF_OTHER_CARDS
    }
    overview["properties"] = {name: overview["properties"][name] for name in _OVERVIEW}
    schema = {**content, "definitions": {**definitions, "ModelOverview": overview}}
    # Imported for the first card: cfn-lint takes half a second.
    standard = importlib.import_module("cfnlint.jsonschema").StandardValidator
    return standard(_named_as_in_cards(schema))


def _named_as_in_cards(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_named_as_in_cards(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    named = {key: _named_as_in_cards(part) for key, part in schema.items()}
    if isinstance(schema.get("properties"), dict):
        named["properties"] = {_snake(key): part for key, part in named["properties"].items()}
        named["required"] = [_snake(key) for key in schema.get("required", ())]
    return named


def _snake(name: str) -> str:
    return _INNER_CAPITAL.sub("_", name).lower()
