"""What a version needs to enter a stage, as `config/stages.yml` writes it and as pages tell it."""

AUTOMATIC, ENVIRONMENT, REGISTRY = "automatic", "environment", "registry"
GATES = (AUTOMATIC, ENVIRONMENT, REGISTRY)
_WHO_OPENS = {
    AUTOMATIC: "opens by itself",
    ENVIRONMENT: "GitHub's reviewers",
    REGISTRY: "somebody in the registry",
}
_HOW_IT_OPENS = {
    AUTOMATIC: "automatic: an approved version enters by itself",
    ENVIRONMENT: "environment: the reviewers of GitHub's environment let a version in",
    REGISTRY: ("registry: somebody lets a version in by its life cycle in the model registry"),
}


def who_opens(gate: str) -> str:
    """Who lets a version in; empty if that is not known."""
    return _WHO_OPENS.get(gate, "")


def how_it_opens(gate: str) -> str:
    """How a version gets in; empty if that is not known."""
    return _HOW_IT_OPENS.get(gate, "")
