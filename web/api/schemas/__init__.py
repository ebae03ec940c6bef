"""What goes in and out as JSON; names are English, descriptions are what a developer reads in the documentation."""
