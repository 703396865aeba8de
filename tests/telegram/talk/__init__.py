"""Tests of what the bot says: from a typed update to typed replies."""
