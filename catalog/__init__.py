"""The regulation as data: subsystems, roles, request kinds, rules, forms, addresses."""
