"""ФРНСИ refbooks of organisations: taking them in and searching them."""
