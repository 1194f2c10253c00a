"""The product: a CDK app that registers an MLOps project template in AWS Service Catalog."""
