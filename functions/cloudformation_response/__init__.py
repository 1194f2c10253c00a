"""Answers CloudFormation's custom-resource requests."""
