"""Tests of the Telegram bot, against a server of ours that speaks the Bot API."""
