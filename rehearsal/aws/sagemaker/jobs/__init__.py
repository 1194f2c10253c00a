"""Processing and training jobs: subprocesses under the container contract."""
