"""The parts of the local SageMaker, put together, and the table of what they answer."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from rehearsal.aws.sagemaker.access import Access
from rehearsal.aws.sagemaker.container_folder import end_all
from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.endpoints.alarm_watch import AlarmWatch
from rehearsal.aws.sagemaker.endpoints.configs import EndpointConfigOperations
from rehearsal.aws.sagemaker.endpoints.endpoints import EndpointOperations
from rehearsal.aws.sagemaker.endpoints.metrics import InvocationMetrics
from rehearsal.aws.sagemaker.endpoints.models import ModelOperations
from rehearsal.aws.sagemaker.endpoints.runtime import EndpointRuntime
from rehearsal.aws.sagemaker.endpoints.scaling_targets import ScalingTargets
from rehearsal.aws.sagemaker.events import Events
from rehearsal.aws.sagemaker.jobs.jobs import JobOperations
from rehearsal.aws.sagemaker.jobs.processing import ProcessingKind
from rehearsal.aws.sagemaker.jobs.training import TrainingKind
from rehearsal.aws.sagemaker.journal import Journal
from rehearsal.aws.sagemaker.model_registry import ModelRegistry
from rehearsal.aws.sagemaker.object_store import ObjectStores
from rehearsal.aws.sagemaker.pipelines.executions import ExecutionOperations
from rehearsal.aws.sagemaker.pipelines.pipelines import PipelineOperations
from rehearsal.aws.sagemaker.pipelines.steps import Engines
from rehearsal.aws.sagemaker.resources import SageMakerStore
from rehearsal.aws.sagemaker.settings import SageMakerSettings
from rehearsal.aws.sagemaker.studio.domains import DomainOperations
from rehearsal.aws.sagemaker.studio.user_profiles import UserProfileOperations
from rehearsal.aws.sagemaker.tags import TagOperations
from rehearsal.aws.service_kit.operations import Operation, operations_of


def account_context(
    settings: SageMakerSettings, stores: Mapping[str, SageMakerStore]
) -> AccountContext:
    """What all parts of an account share, for its settings and the stores of all accounts."""
    access = Access(settings)
    return AccountContext(
        settings=settings,
        store=stores[settings.account],
        access=access,
        events=Events(settings),
        journal=Journal(settings, access),
        objects=ObjectStores(settings, access),
        stores=stores,
    )


class Parts:
    """All parts of one account's SageMaker."""

    def __init__(self, context: AccountContext, slots: threading.Semaphore) -> None:
        self.context = context
        self.processing = JobOperations(context, ProcessingKind(), slots)
        self.training = JobOperations(context, TrainingKind(), slots)
        self.registry = ModelRegistry(context)
        self.models = ModelOperations(context, self.registry)
        self.configs = EndpointConfigOperations(context, self.models)
        self._metrics = InvocationMetrics(context.settings.account, context.settings.region)
        watch = AlarmWatch(context, self._metrics)
        self.targets = ScalingTargets(context)
        self.endpoints = EndpointOperations(context, self.configs, self.models, watch, self.targets)
        self.runtime = EndpointRuntime(context, self.endpoints.lifecycle, self._metrics)
        engines = Engines(self.processing, self.training, self.registry, self.models)
        self.executions = ExecutionOperations(context, engines)
        self.pipelines = PipelineOperations(context, self.executions)
        self.tags = TagOperations(context)
        self.domains = DomainOperations(context)
        self.profiles = UserProfileOperations(context, self.domains)

    def operations(self) -> dict[str, Operation]:
        """Every operation that is modelled, by its name in the API."""
        alike = (self.processing, self.training, self.models, self.configs, self.endpoints)
        studio = (self.domains, self.profiles)
        found = operations_of(self.registry, self.executions, self.pipelines, self.tags, *studio)
        for part in alike:
            found |= part.operations()
        return found

    def stop(self) -> None:
        """End every process that was started."""
        self.executions.stop_all()
        self.processing.stop_all()
        self.training.stop_all()
        self.endpoints.lifecycle.end_all()
        self._metrics.close()

    def recover(self) -> None:
        """Take up the state of a server that ended: interrupted work fails, endpoints go on."""
        self.processing.fail_interrupted()
        self.training.fail_interrupted()
        self.executions.fail_interrupted()
        self.endpoints.lifecycle.restore()

    def end_orphans(self) -> None:
        """End the processes of a server that was killed."""
        end_all(self.context.settings.root)
