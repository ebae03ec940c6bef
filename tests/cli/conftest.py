"""The persons who hold roles, as the tests of reviews know them."""

from tests.actions.reviews.conftest import granted_home

__all__ = ["granted_home"]
