"""The events that SageMaker sends to EventBridge.

Names of detail fields as in "Events that Amazon SageMaker AI sends to Amazon EventBridge"
(SageMaker developer guide).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from ministack.services import eventbridge

from rehearsal.aws.sagemaker.settings import SageMakerSettings

MODEL_PACKAGE = "SageMaker Model Package State Change"
PIPELINE_EXECUTION = "SageMaker Model Building Pipeline Execution Status Change"
PIPELINE_STEP = "SageMaker Model Building Pipeline Execution Step Status Change"
ENDPOINT = "SageMaker Endpoint State Change"
ENDPOINT_DEPLOYMENT = "SageMaker Endpoint Deployment State Change"


class Events:
    """Puts events of source `aws.sagemaker` on the default bus, in this process."""

    def __init__(self, settings: SageMakerSettings) -> None:
        self._settings = settings

    def publish(self, detail_type: str, resources: list[str], detail: dict[str, Any]) -> None:
        """Send one event; members that are None are left out."""
        kept = {name: value for name, value in detail.items() if value is not None}
        entry = {
            "Source": "aws.sagemaker",
            "DetailType": detail_type,
            "Resources": resources,
            "Detail": json.dumps(kept),
        }
        with self._settings.scope():
            eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def iso_time(seconds: float | None) -> str | None:
    """A timestamp as SageMaker writes it in events: `2021-05-28T07:46:07Z`."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
