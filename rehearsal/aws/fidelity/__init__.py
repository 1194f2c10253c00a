"""Corrections that make MiniStack behave as AWS does, one module per theme."""

from __future__ import annotations

from rehearsal.aws.extensions import Extensions
from rehearsal.aws.fidelity import (
    alarms,
    anonymous_requests,
    buckets,
    custom_resources,
    event_buses,
    event_delivery,
    event_entries,
    existing_names,
    foreign_buckets,
    foreign_requests,
    foreign_resources,
    function_logs,
    interrupted_stacks,
    known_accounts,
    lambda_runtime,
    missing_objects,
    object_keys,
    oidc_provider,
    policy_principals,
    policy_variables,
    principal_arn,
    request_conditions,
    role_boundaries,
    root_keys,
    secrets,
    sessions,
    stack_answers,
    stack_conditions,
    stack_descriptions,
    stack_phases,
    stack_roles,
    stack_tags,
    tables,
    throttled_invocations,
    trust,
    web_identity,
)
from rehearsal.aws.settings import ServerSettings


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
