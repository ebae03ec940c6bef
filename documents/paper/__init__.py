"""Papers: from facts to pages, Word and Excel."""
