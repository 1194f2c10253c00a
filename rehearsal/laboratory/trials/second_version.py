"""A second version of the template: other seeds, and one variable more in each repository.

It is made as its author would make it, by a change of the sources in a copy of the project.
"""

import shutil
from pathlib import Path

CHANGED_FILE = "README.md"
ADDED_LINE = "This line came with the second version of the seed."
ADDED_VARIABLE = "SEED_VERSION"
_REGISTERED = ("functions", "mlops_sm_project_template", "seed_code")
_READ = ("app.py", "cdk.json", "pyproject.toml")
_SEEDS = ("build_app", "deploy_app")
_CONFIGURED = Path("mlops_sm_project_template/templates/pipeline_constructs/github_repository.py")
_CONFIGURATION = "dict(configuration)"


def copy_sources(root: Path, copy: Path) -> None:
    """Copy what a registration reads of the project."""
    leave = shutil.ignore_patterns("__pycache__", ".*_cache", ".venv", "node_modules", "cdk.out")
    for folder in _REGISTERED:
        shutil.copytree(root / folder, copy / folder, ignore=leave, dirs_exist_ok=True)
    for file in _READ:
        shutil.copy2(root / file, copy / file)


def change_sources(copy: Path) -> None:
    """Make the second version of the sources in a folder."""
    for seed in _SEEDS:
        file = copy / "seed_code" / seed / CHANGED_FILE
        file.write_text(f"{file.read_text(encoding='utf-8')}\n{ADDED_LINE}\n", encoding="utf-8")
    configured = copy / _CONFIGURED
    text = configured.read_text(encoding="utf-8")
    if text.count(_CONFIGURATION) != 1:
        raise ValueError(f"{_CONFIGURED} does not write {_CONFIGURATION} once any more.")
    more = f'{{**configuration, "{ADDED_VARIABLE}": "2"}}'
    configured.write_text(text.replace(_CONFIGURATION, more), encoding="utf-8")
