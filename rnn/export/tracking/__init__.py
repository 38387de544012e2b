"""Runs told to MLflow, where MLFLOW_TRACKING_URI is set: by a process of its own, which reads the store and holds up nobody."""
