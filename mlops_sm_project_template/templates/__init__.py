"""Products that the service catalog offers, listed by hand."""

from mlops_sm_project_template.templates.basic_project_stack import BasicProjectStack

PRODUCTS = (BasicProjectStack,)
