"""Carries SageMaker events to GitHub: approvals start deployments, executions set statuses."""
