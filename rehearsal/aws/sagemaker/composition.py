"""The parts of the local SageMaker, put together, and the table of what they answer."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

from rehearsal.aws.sagemaker.access import Access
from rehearsal.aws.sagemaker.context import World
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
from rehearsal.aws.sagemaker.processes import MARK, end_orphans
from rehearsal.aws.sagemaker.resources import Store
from rehearsal.aws.sagemaker.settings import SageMakerSettings
from rehearsal.aws.sagemaker.tags import TagOperations
from rehearsal.aws.service_kit.operations import Operation, operations_of


def build_world(settings: SageMakerSettings, stores: Mapping[str, Store]) -> World:
    """What all parts of an account share, for its settings and the stores of all accounts."""
    account, region = settings.account, settings.region
    access = Access(account, region, settings.root_secret)
    return World(
        settings=settings,
        store=stores[account],
        access=access,
        events=Events(account, region),
        journal=Journal(account, region, access),
        objects=ObjectStores(settings.endpoint_url, region, access),
        stores=stores,
    )


class Parts:
    """All parts over one world."""

    def __init__(self, world: World, slots: threading.Semaphore) -> None:
        self.world = world
        self.processing = JobOperations(world, ProcessingKind(), slots)
        self.training = JobOperations(world, TrainingKind(), slots)
        self.registry = ModelRegistry(world)
        self.models = ModelOperations(world, self.registry)
        self.configs = EndpointConfigOperations(world, self.models)
        self._metrics = InvocationMetrics(world.settings.account, world.settings.region)
        watch = AlarmWatch(world, self._metrics)
        self.targets = ScalingTargets(world)
        self.endpoints = EndpointOperations(world, self.configs, self.models, watch, self.targets)
        self.runtime = EndpointRuntime(world, self.endpoints.lifecycle, self._metrics)
        engines = Engines(self.processing, self.training, self.registry, self.models)
        self.executions = ExecutionOperations(world, engines)
        self.pipelines = PipelineOperations(world, self.executions)
        self.tags = TagOperations(world)

    def operations(self) -> dict[str, Operation]:
        """Every operation that is modelled, by its name in the API."""
        areas = (
            self.registry,
            self.models,
            self.configs,
            self.endpoints,
            self.executions,
            self.pipelines,
            self.tags,
        )
        jobs = self.processing.operations() | self.training.operations()
        return operations_of(*areas) | jobs

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
        end_orphans(mark.parent for mark in _marks(self.world.settings.root))


def _marks(root: Path) -> list[Path]:
    patterns = (f"*-job/*/{MARK}", f"endpoint/*/*/*/{MARK}")
    return [mark for pattern in patterns for mark in root.glob(pattern)]
