"""Looking over who holds what: yearly reviews, leavers, revocations, reorganisations."""
