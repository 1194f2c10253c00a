"""The corrections in the order in which they are applied, by AWS service.

Most could stand anywhere, since they bind names of MiniStack that no other binds. `ORDER` has the
names that several bind: each of those wraps what stood there before it, so the last is asked first.
A test applies the chain and finds these names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import ModuleType
from typing import NamedTuple

from rehearsal.aws.emulator import saved_logs, saving
from rehearsal.aws.emulator.corrections.cloudformation import (
    buckets,
    custom_resources,
    existing_names,
    generated_names,
    interrupted_stacks,
    oidc_provider,
    policy_updates,
    role_boundaries,
    secrets,
    stack_answers,
    stack_conditions,
    stack_descriptions,
    stack_phases,
    stack_roles,
    stack_tags,
    stored_values,
    tables,
)
from rehearsal.aws.emulator.corrections.cloudwatch import alarms, metric_queries
from rehearsal.aws.emulator.corrections.dynamodb import protected_tables
from rehearsal.aws.emulator.corrections.eventbridge import event_buses, event_delivery, schedules
from rehearsal.aws.emulator.corrections.iam import (
    anonymous_requests,
    foreign_requests,
    foreign_resources,
    known_accounts,
    organizations,
    policy_principals,
    policy_variables,
    principal_arn,
    request_conditions,
    role_requests,
    root_keys,
)
from rehearsal.aws.emulator.corrections.lambda_functions import (
    function_logs,
    lambda_runtime,
    logged_records,
    throttled_invocations,
)
from rehearsal.aws.emulator.corrections.s3 import (
    bucket_keys,
    foreign_buckets,
    missing_objects,
    object_keys,
)
from rehearsal.aws.emulator.corrections.sns import topic_keys
from rehearsal.aws.emulator.corrections.sts import sessions, web_identity
from rehearsal.aws.emulator.corrections.tagging import tagged_resources
from rehearsal.aws.emulator.extensions import Extensions
from rehearsal.aws.emulator.iam import authorization_log
from rehearsal.aws.emulator.saved_state import SavedState
from rehearsal.aws.emulator.settings import ServerSettings
from rehearsal.aws.emulator.stack_permissions import enforcement

Corrections = tuple[Callable[[], None], ...]


class Wrapped(NamedTuple):
    """Who binds one name of MiniStack, the first innermost, and why in this order."""

    by: tuple[ModuleType, ...]
    because: str


ORDER: Mapping[str, Wrapped] = {
    "core.iam_actions.extract_resource_arn": Wrapped(
        (foreign_requests, request_conditions, role_requests),
        "either way: calls that use a key, calls that name one for an alias, and those about roles",
    ),
    "core.iam_actions.request_tag_context": Wrapped(
        (request_conditions, role_requests, event_buses),
        "either way: each adds to what it is about",
    ),
    "core.iam_actions.s3_additional_checks": Wrapped(
        (missing_objects, object_keys),
        "a copy looks for its source before it asks for the key that it is written with",
    ),
    "core.lambda_runtime._detect_runtime_binary": Wrapped(
        (lambda_runtime, logged_records),
        "either way: each puts lines of its own before the script",
    ),
    "core.iam_evaluator._resolve_condition_key": Wrapped(
        (foreign_resources, principal_arn),
        "either way: the resource's account, and the principal's role",
    ),
    "core.iam_evaluator._resource_policy": Wrapped(
        (foreign_resources, object_keys),
        "either way: whose the policy is, and that a key's is meant when S3 asks",
    ),
    "core.iam_evaluator.combine_resource_policy": Wrapped(
        (foreign_resources, object_keys, authorization_log),
        "either way: none changes what another answers",
    ),
    "core.iam_evaluator.enforce": Wrapped(
        (anonymous_requests, foreign_resources, foreign_buckets, event_buses),
        "each entry of an event is a question of its own, which binds root if its bus is foreign",
    ),
    "services.s3._resolve_sse_write_headers": Wrapped(
        (bucket_keys, buckets),
        "either way: one says under which key, one whether by the bucket's own",
    ),
    "services.cloudformation.handle_request": Wrapped(
        (stack_roles, stack_answers),
        "a stack keeps its role from the beginning of a change on, not from its end",
    ),
    "services.cloudformation.stacks._add_event": Wrapped(
        (custom_resources, saving),
        "either way: one gives the event its reason, one notes whose it is",
    ),
    "services.cloudformation.stacks._delete_resource": Wrapped(
        (enforcement, stack_phases),
        "a deletion has begun before it is refused, and one that does not come asks nothing",
    ),
    "services.sts.handle_request": Wrapped(
        (web_identity, sessions),
        "a request that is not valid is refused before anybody looks at its token",
    ),
    "_RESOURCE_HANDLERS AWS::DynamoDB::Table create": Wrapped(
        (existing_names, tables),
        "either way: one looks before the creation, one settles what was made",
    ),
    "_RESOURCE_HANDLERS AWS::IAM::Role create": Wrapped(
        (role_boundaries, existing_names),
        "a name that is taken is told before what else is wrong",
    ),
    "_RESOURCE_HANDLERS AWS::Lambda::Function create": Wrapped(
        (lambda_runtime, existing_names),
        "a name that is taken is told before what else is wrong",
    ),
    "_RESOURCE_HANDLERS AWS::SecretsManager::Secret create": Wrapped(
        (secrets, existing_names),
        "either way: one looks before the creation, one at what it gives",
    ),
}


def chain(registry: Extensions, settings: ServerSettings, saved: SavedState) -> Corrections:
    """What to call, once and in this order, before the server takes requests."""
    return (
        # IAM
        anonymous_requests.apply,
        foreign_requests.apply,
        foreign_resources.apply,
        partial(known_accounts.apply, settings),
        partial(organizations.apply, settings),
        policy_principals.apply,
        policy_variables.apply,
        principal_arn.apply,
        request_conditions.apply,
        role_requests.apply,
        root_keys.apply,
        # STS
        web_identity.apply,
        sessions.apply,
        # S3
        foreign_buckets.apply,
        missing_objects.apply,
        bucket_keys.apply,
        object_keys.apply,
        # Lambda
        function_logs.apply,
        partial(lambda_runtime.apply, settings),
        logged_records.apply,
        throttled_invocations.apply,
        # DynamoDB
        protected_tables.apply,
        # EventBridge
        partial(event_buses.apply, registry),
        event_delivery.apply,
        partial(schedules.apply, settings.seconds_per_scheduled_minute),
        # SNS
        topic_keys.apply,
        # CloudWatch
        partial(alarms.apply, settings.seconds_per_minute),
        metric_queries.apply,
        # Resource Groups Tagging API
        tagged_resources.apply,
        *_of_cloudformation(registry),
        # Whatever was asked
        partial(authorization_log.apply, settings.state_dir),
        partial(saving.apply, saved),
        saved_logs.apply,
    )


def _of_cloudformation(registry: Extensions) -> Corrections:
    return (
        enforcement.apply,
        buckets.apply,
        custom_resources.apply,
        interrupted_stacks.apply,
        partial(oidc_provider.apply, registry),
        role_boundaries.apply,
        secrets.apply,
        existing_names.apply,
        generated_names.apply,
        stack_conditions.apply,
        policy_updates.apply,
        stack_descriptions.apply,
        stack_phases.apply,
        stack_roles.apply,
        stack_answers.apply,
        stack_tags.apply,
        stored_values.apply,
        tables.apply,
    )
