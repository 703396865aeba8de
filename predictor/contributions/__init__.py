"""Hashtags that people give: sent, checked, moderated, withdrawn."""
