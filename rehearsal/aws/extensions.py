"""Adds services and CloudFormation resource types to MiniStack from outside the package.

MiniStack keeps its services and types in plain dictionaries with private names. They are named
here, in one place, and `check_private_names` says at once when a new version has moved one.
"""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any, Protocol

MINISTACK_VERSION = "1.5.33"

Attributes = dict[str, Any]
Properties = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]
CreateHandler = Callable[[str, Properties, str], tuple[str, Attributes]]
DeleteHandler = Callable[[str, Properties], None]
UpdateHandler = Callable[[str, Properties, Properties, str], tuple[str, Attributes]]

# Every private name of MiniStack that the rehearsal uses, by module.
PRIVATE_NAMES: Mapping[str, Sequence[str]] = {
    "ministack.app": (
        "_MAIN_LOOP",
        "_build_persistence_save_dict",
        "_lazy_handler",
        "_loaded_modules",
        "_state_map",
    ),
    "ministack.core.iam_actions": (
        "_kms_key_id_from_ciphertext",
        "_s3_action",
        "_s3_source_object",
    ),
    "ministack.core.iam_evaluator": (
        "_account_from_arn",
        "_first_match",
        "_gather_role_policies",
        "_is_root_key",
        "_names_condition_key",
        "_permissions_boundary",
        "_principal_matches",
        "_resolve_condition_key",
        "_resource_policy",
        "_signed_request",
        "_unknown_access_key",
    ),
    "ministack.core.lambda_runtime": ("_detect_runtime_binary",),
    "ministack.core.persistence": ("_json_default", "_json_object_hook"),
    "ministack.services.cloudformation": (
        "_stack_events",
        "_stacks",
    ),
    "ministack.services.cloudformation.changesets": (
        "_evaluate_conditions",
        "_find_change_set",
    ),
    "ministack.services.cloudformation.engine": (
        "_evaluate_conditions",
        "_parse_template",
        "_resolve_refs",
    ),
    "ministack.services.cloudformation.handlers": (
        "_ACTION_HANDLERS",
        "_evaluate_conditions",
        "_resolve_template",
        "_roll_back_operation",
    ),
    "ministack.services.cloudformation.helpers": ("_error",),
    "ministack.services.cloudformation.provisioners": (
        "_REPLACING_PROPERTIES",
        "_RESOURCE_HANDLERS",
        "_STACK_TAG_PROPERTY",
        "_delete_resource",
        "_provision_resource",
        "_replacing_change",
    ),
    "ministack.services.cloudformation.stacks": (
        "_add_event",
        "_delete_resource",
        "_evaluate_conditions",
        "_provision_resource",
        "_resolve_stack_outputs",
        "_roll_back_operation",
        "_runs_on_worker_thread",
        "_update_resource",
    ),
    "ministack.services.cloudwatch": (
        "_alarms",
        "_calc_stats",
        "_composite_alarms",
        "_describe_alarms",
        "_describe_alarms_for_metric",
        "_dims_key",
        "_dispatch_alarm_actions",
        "_error",
        "_evaluate_alarm",
        "_evaluate_all_alarms",
        "_evaluate_parent_alarms",
        "_metrics",
        "_put_metric_alarm",
        "_record_history",
        "_stat_value",
        "_store_datum",
    ),
    "ministack.services.cloudwatch_logs": ("_log_events_lock", "_log_groups"),
    "ministack.services.dynamodb": (
        "_tables",
        "_update_continuous_backups",
        "_update_ttl",
    ),
    "ministack.services.eventbridge": (
        "_dispatch_to_lambda",
        "_dispatch_to_sqs",
        "_event_bus_policies",
        "_invoke_target",
        "_pattern_event_view",
        "_put_events",
        "_put_permission",
        "_remove_permission",
    ),
    "ministack.services.iam": (
        "_create_oidc_provider",
        "_oidc_providers",
        "_policy_exists",
        "_roles",
        "_users",
    ),
    "ministack.services.kms": (
        "_alias_arn",
        "_aliases",
        "_keys",
        "_resolve_key",
    ),
    "ministack.services.lambda_svc": (
        "_create_function",
        "_emit_lambda_logs",
        "_execute_function",
        "_execute_function_with_config_scope",
        "_execution_record_for_config",
        "_fetch_code_from_s3",
        "_functions",
        "_get_func_record_for_ref",
        "_prune_orphan_code_blobs",
        "_route_async_failure",
        "_update_config",
    ),
    "ministack.services.s3": (
        "_bucket_default_sse_headers",
        "_bucket_encryption",
        "_bucket_owner_account",
        "_bucket_tags",
        "_buckets",
        "_delete_bucket",
        "_foreign_bucket_allows",
        "_get_object_data",
        "_object_versions",
        "_put_bucket_encryption",
        "_resolve_sse_write_headers",
        "_stored_sse_headers",
    ),
    "ministack.services.secretsmanager": ("_resolve", "_secrets"),
    "ministack.services.ssm": ("_tags",),
    "ministack.services.sqs": (
        "_act_send_message",
        "_queue_by_arn",
        "_queue_name_to_url",
        "_queues",
        "_refresh_counts",
    ),
    "ministack.services.sts": (
        "_error",
        "_evict_expired_sessions",
        "_sessions",
        "_web_identity_principal",
    ),
}


class MiniStackChangedError(Exception):
    """The installed MiniStack is not the one that this package extends."""


class ServiceModule(Protocol):
    """What MiniStack calls on a service: one request handler and three state hooks."""

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

    def reset(self) -> None:
        """Forget everything."""
        ...


def check_private_names() -> None:
    """Refuse a MiniStack whose private names are not the ones in use here.

    Raises:
        MiniStackChangedError: names every difference; adapt `rehearsal/aws` and the pinned version.
    """
    problems = []
    installed = version("ministack")
    if installed != MINISTACK_VERSION:
        problems.append(f"version {installed} instead of {MINISTACK_VERSION}")
    for module_name, names in PRIVATE_NAMES.items():
        module = importlib.import_module(module_name)
        problems += [f"{module_name}.{name} is gone" for name in names if not hasattr(module, name)]
    if problems:
        raise MiniStackChangedError(
            f"MiniStack has changed ({'; '.join(problems)}); adapt rehearsal/aws to it and pin it."
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
        iam_namespace: str | None = None,
    ) -> None:
        """Route a service's requests to a module, keep its state and enforce IAM on it.

        Args:
            name: the SigV4 credential scope, which is also the name of the state file.
            module: answers the requests.
            target_prefixes: what `X-Amz-Target` starts with, such as `SageMaker.`.
            host_patterns: regular expressions of the service's host names.
            iam_namespace: prefix of the service's IAM actions, if it is not the name.
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
        iam_actions.SERVICE_TO_IAM_NAMESPACE[name] = iam_namespace or name

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
