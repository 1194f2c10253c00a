"""What this project installs and ships: bills of materials, licences, known weaknesses."""
