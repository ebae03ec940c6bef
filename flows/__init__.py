"""Prefect flows: sweeps over what is due in the database."""
