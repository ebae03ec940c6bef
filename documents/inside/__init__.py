"""What is done to scans inside the sandbox's child. Nothing here may import the database, the catalogue or settings."""
