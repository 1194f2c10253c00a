"""The local AWS: MiniStack in one process with our services, held to what AWS does."""
