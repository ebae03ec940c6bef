"""Rules: what a request lacks, which steps it may take, when an answer is due."""
