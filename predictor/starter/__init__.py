"""The starter: what a fresh install knows, made from public sets by `make_starter` and loaded into a home once."""

from predictor.starter.loading import load

__all__ = ["load"]
