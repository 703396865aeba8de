"""What belongs to somebody: visitors, accounts, history, sets, tokens, and how all of it is deleted."""
