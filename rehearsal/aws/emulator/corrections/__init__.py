"""Corrections that make MiniStack behave as AWS does, one module per theme."""

from __future__ import annotations

from rehearsal.aws.emulator.corrections.cloudformation import (
    buckets,
    custom_resources,
    existing_names,
    interrupted_stacks,
    oidc_provider,
    role_boundaries,
    secrets,
    stack_answers,
    stack_conditions,
    stack_descriptions,
    stack_phases,
    stack_roles,
    stack_tags,
    tables,
)
from rehearsal.aws.emulator.corrections.cloudwatch import alarms
from rehearsal.aws.emulator.corrections.eventbridge import (
    event_buses,
    event_delivery,
    event_entries,
)
from rehearsal.aws.emulator.corrections.iam import (
    anonymous_requests,
    foreign_requests,
    foreign_resources,
    known_accounts,
    policy_principals,
    policy_variables,
    principal_arn,
    request_conditions,
    root_keys,
)
from rehearsal.aws.emulator.corrections.lambda_functions import (
    function_logs,
    lambda_runtime,
    throttled_invocations,
)
from rehearsal.aws.emulator.corrections.s3 import foreign_buckets, missing_objects, object_keys
from rehearsal.aws.emulator.corrections.sts import sessions, trust, web_identity
from rehearsal.aws.emulator.extensions import Extensions
from rehearsal.aws.emulator.settings import ServerSettings


def apply(registry: Extensions, settings: ServerSettings) -> None:
    """Apply every correction, once, before the server takes requests."""
    alarms.apply(settings.seconds_per_minute)
    anonymous_requests.apply()
    buckets.apply()
    custom_resources.apply()
    event_buses.apply(registry)
    event_delivery.apply()
    event_entries.apply()
    function_logs.apply()
    lambda_runtime.apply(settings)
    missing_objects.apply()
    object_keys.apply()
    oidc_provider.apply(registry)
    policy_principals.apply()
    policy_variables.apply()
    principal_arn.apply()
    request_conditions.apply()
    role_boundaries.apply()
    root_keys.apply()
    secrets.apply()
    stack_conditions.apply()
    stack_descriptions.apply()
    stack_phases.apply()
    stack_roles.apply()
    stack_answers.apply(settings.stack_answer_seconds)
    stack_tags.apply()
    tables.apply()
    existing_names.apply()
    foreign_buckets.apply()
    foreign_requests.apply()
    foreign_resources.apply()
    interrupted_stacks.apply()
    known_accounts.apply(settings)
    throttled_invocations.apply()
    trust.apply()
    web_identity.apply()
    sessions.apply()
