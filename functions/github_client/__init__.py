"""A small GitHub REST client for Lambda functions: credentials, requests, errors."""
