"""The parts of a pull request's scorecard, in Markdown."""
