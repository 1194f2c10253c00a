"""What was found out for the company's settings, kept in `.env` for registrations by hand."""

from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values, set_key

from operations.registration.setting import Setting


@dataclass(frozen=True)
class SettingsFileStep:
    """Writes those that differ; the rest of the file stays as it is."""

    setting: Setting
    title: str = "Keep what was found for the next time"

    def look(self) -> str:
        """Which differ."""
        different = sorted(self._different())
        return f"write {', '.join(different)} into .env" if different else ""

    def do(self) -> None:
        """Write them."""
        for name, value in self._different().items():
            set_key(self._file, name, value, quote_mode="never")

    @property
    def _file(self) -> Path:
        return self.setting.folder / ".env"

    def _different(self) -> dict[str, str]:
        there = dotenv_values(self._file)
        found = self.setting.found_settings
        return {name: value for name, value in found.items() if there.get(name) != value}
