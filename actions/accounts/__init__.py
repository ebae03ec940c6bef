"""Who works here and how he comes in: accounts, passwords, sessions, tokens, single sign-on."""
