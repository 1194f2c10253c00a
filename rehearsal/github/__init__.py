"""A local GitHub: REST, git over HTTP, OIDC issuer and an Actions runner, on loopback."""
