"""The starter: what a fresh install knows, made from public sets by `make_starter` and loaded into a home once."""

from pathlib import Path

FILES = Path(__file__).parent / "files"
