"""The regulation as data: subsystems, roles, request kinds, rules, forms, addresses."""

from catalog.loading import Catalog, load
from catalog.problems import CatalogError

__all__ = ["Catalog", "CatalogError", "load"]
