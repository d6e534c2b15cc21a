"""A first case file from a bare file of returns: guesses, each checked and each said."""

from recanvass.exchange.draft.draft import Draft, draft_case

__all__ = ["Draft", "draft_case"]
