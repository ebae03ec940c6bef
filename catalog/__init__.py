"""The regulation as data: subsystems, roles, request kinds, rules, forms, addresses."""

from catalog.loading import Catalog, CatalogError, load

__all__ = ["Catalog", "CatalogError", "load"]
