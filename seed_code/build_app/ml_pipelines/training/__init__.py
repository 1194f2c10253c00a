"""The pipeline that trains, evaluates and registers the model."""
