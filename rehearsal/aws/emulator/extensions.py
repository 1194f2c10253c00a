"""Adds services and CloudFormation resource types to MiniStack from outside the package.

MiniStack keeps its services and types in plain dictionaries with private names, which another
version may move. So `check_version` takes only the one for which a test has found every name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from importlib.metadata import version
from typing import Any, Protocol

MINISTACK_VERSION = "1.5.33"

Attributes = dict[str, Any]
Properties = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]
CreateHandler = Callable[[str, Properties, str], tuple[str, Attributes]]
DeleteHandler = Callable[[str, Properties], None]
UpdateHandler = Callable[[str, Properties, Properties, str], tuple[str, Attributes]]


class MiniStackChangedError(Exception):
    """The installed MiniStack is not the one that this package extends."""


class ServiceModule(Protocol):
    """What MiniStack calls on a service: one request handler and two state hooks."""

    def handle_request(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, list[str]],
    ) -> Awaitable[Response]:
        """Answer one request."""
        ...

    def get_state(self) -> dict[str, Any] | None:
        """Everything that must survive a stop."""
        ...

    def load_persisted_state(self, data: dict[str, Any]) -> None:
        """Take back what `get_state` gave."""
        ...


def check_version() -> None:
    """Refuse any MiniStack but the one whose names are in use here.

    Raises:
        MiniStackChangedError: install the pinned version, or adapt `rehearsal/aws` to the other.
    """
    installed = version("ministack")
    if installed != MINISTACK_VERSION:
        raise MiniStackChangedError(
            f"MiniStack has version {installed} instead of {MINISTACK_VERSION}; "
            "adapt rehearsal/aws to it and pin it."
        )


class Extensions:
    """Registers services and resource types with the MiniStack of this process."""

    def __init__(self) -> None:
        """Remembers the types that it added, for the worker-thread rule below."""
        self._types: set[str] = set()
        self._run_types_on_worker_threads()

    def add_service(
        self,
        name: str,
        module: ServiceModule,
        *,
        target_prefixes: Iterable[str] = (),
        host_patterns: Iterable[str] = (),
    ) -> None:
        """Route a service's requests to a module, keep its state and enforce IAM on it.

        Args:
            name: the SigV4 credential scope, which is also the prefix of the IAM actions.
            module: answers the requests.
            target_prefixes: what `X-Amz-Target` starts with, such as `SageMaker.`.
            host_patterns: regular expressions of the service's host names.
        """
        from ministack import app as gateway
        from ministack.core import iam_actions, router

        gateway.SERVICE_REGISTRY[name] = {"module": name}
        gateway._loaded_modules[name] = module
        gateway.SERVICE_HANDLERS[name] = gateway._lazy_handler(name)
        gateway._state_map[name] = name
        router.SERVICE_PATTERNS[name] = {
            "target_prefixes": list(target_prefixes),
            "host_patterns": list(host_patterns),
            "credential_scope": name,
        }
        iam_actions.SERVICE_TO_IAM_NAMESPACE[name] = name

    def add_type(
        self,
        cfn_type: str,
        create: CreateHandler,
        delete: DeleteHandler,
        update: UpdateHandler | None = None,
        replace_on: Iterable[str] = (),
    ) -> None:
        """Provision a CloudFormation type with the given handlers, each on a worker thread.

        Args:
            cfn_type: such as `AWS::SageMaker::Endpoint`.
            create: (logical id, properties, stack name) → (Ref value, attributes).
            delete: (Ref value, properties).
            update: (Ref value, old properties, new properties, stack name) → as `create`; None when
                each change makes a new resource.
            replace_on: properties whose change makes a new resource instead of an update.
        """
        from ministack.services.cloudformation import provisioners

        handler: dict[str, Any] = {"create": create, "delete": delete}
        if update is not None:
            handler["update"] = update
        provisioners._RESOURCE_HANDLERS[cfn_type] = handler
        if replace_on:
            provisioners._REPLACING_PROPERTIES[cfn_type] = tuple(replace_on)
        self._types.add(cfn_type)

    def _run_types_on_worker_threads(self) -> None:
        """Our handlers wait (for an endpoint, for a stack), which must not stop the event loop."""
        from ministack.services.cloudformation import stacks

        original = stacks._runs_on_worker_thread
        stacks._runs_on_worker_thread = lambda resource_type: (
            resource_type in self._types or original(resource_type)
        )
