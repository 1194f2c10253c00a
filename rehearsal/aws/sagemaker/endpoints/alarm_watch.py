"""The alarms that guard a deployment, as SageMaker sees them with the role of the model.

Source: SageMaker developer guide, "Auto-Rollback Configuration and Monitoring": the execution role
needs `cloudwatch:DescribeAlarms` on the alarms.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

from rehearsal.aws.emulator.corrections.cloudwatch import alarms
from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.endpoints.metrics import InvocationMetrics
from rehearsal.aws.sagemaker.errors import RequestRefusedError
from rehearsal.aws.service_kit.event_loop import on_event_loop

_ACTION = "cloudwatch:DescribeAlarms"


class AlarmWatch:
    """Asks CloudWatch for the states of alarms."""

    def __init__(self, context: AccountContext, metrics: InvocationMetrics) -> None:
        self._context = context
        self._metrics = metrics

    def check(self, names: Sequence[str], role_arns: Iterable[str]) -> None:
        """Refuse alarms that do not exist or that a role may not describe."""
        missing = sorted(set(names) - set(self._states(names)))
        if missing:
            raise RequestRefusedError(
                f"Could not find the CloudWatch alarm(s) {', '.join(missing)} of "
                "AutoRollbackConfiguration."
            )
        settings = self._context.settings
        for name in names:
            arn = f"arn:aws:cloudwatch:{settings.region}:{settings.account}:alarm:{name}"
            for role_arn in sorted(set(role_arns)):
                refused = self._context.access.refused(role_arn, _ACTION, arn)
                if refused:
                    raise RequestRefusedError(
                        f"SageMaker cannot look at the alarm {name} of AutoRollbackConfiguration: "
                        f"{refused}"
                    )

    def tripped(self, names: Sequence[str]) -> list[str]:
        """Those in ALARM now, by all that was invoked so far; one that is gone counts too."""
        if not names:
            return []
        self._metrics.flush()
        states = self._states(names)
        return [name for name in names if states.get(name, "ALARM") == "ALARM"]

    def _states(self, names: Sequence[str]) -> dict[str, str]:
        account, region = self._context.settings.account, self._context.settings.region
        look = functools.partial(alarms.states, names)
        found = on_event_loop(look, account=account, region=region) if names else {}
        return dict.fromkeys(names, "OK") if found is None else found
