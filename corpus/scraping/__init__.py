"""Scraping Instagram by hashtag with Instaloader: sessions, the client, what may stop it, and the work itself."""
