"""The project that the sentences are about."""

from deploy_dispatch.project import Project

PROJECT = Project("acme", "rings-build", "rings-deploy", "deploy.yml", "main", "arn:secret")
