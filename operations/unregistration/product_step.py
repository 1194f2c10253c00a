"""The registration stack, whose function takes the product and all its versions away."""

from dataclasses import dataclass

from operations.installation import STACK
from operations.unregistration.catalog import find_projects
from operations.unregistration.errors import ProjectsExistError
from operations.unregistration.setting import Setting


@dataclass(frozen=True)
class ProductStep:
    """Deletes the stack when no project is left."""

    setting: Setting
    title: str = "Take the template out of Service Catalog"

    def look(self) -> str:
        """Whether it is there.

        Raises:
            ProjectsExistError: projects need what would go here and later.
        """
        if projects := find_projects(self.setting.client("servicecatalog")):
            raise ProjectsExistError(projects)
        line = self.setting.stack(STACK).look()
        return f"{line}: the product with its versions and their bucket" if line else ""

    def do(self) -> None:
        """Delete it."""
        self.setting.stack(STACK).do()
