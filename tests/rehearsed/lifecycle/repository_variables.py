"""What a repository's variables would say to the registration workflow of a clone."""

from collections.abc import Mapping
from pathlib import Path


def set_variables(clone: Path, variables: Mapping[str, str]) -> None:
    """Write the values of variables into the workflow, which must ask for each."""
    workflow = clone / ".github/workflows/sm_template_register_service_catalog.yml"
    text = workflow.read_text(encoding="utf-8")
    for name, value in variables.items():
        asked = f"${{{{ vars.{name} }}}}"
        assert asked in text
        text = text.replace(asked, value)
    workflow.write_text(text, encoding="utf-8")
