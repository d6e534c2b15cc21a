"""The public site: pages and charts as pure functions of a record and a ledger size."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recanvass.site.address import Address
    from recanvass.site.edition import Edition
    from recanvass.site.pages import Page, addresses, page_at, page_of

__all__ = ["Address", "Edition", "Page", "addresses", "page_at", "page_of"]


def __getattr__(name: str) -> object:
    """Load what is asked for: a proof to print needs none of the pages."""
    if name not in __all__:
        raise AttributeError(f"module 'recanvass.site' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    homes = {"Address": "address", "Edition": "edition"}
    return getattr(import_module(f"recanvass.site.{homes.get(name, 'pages')}"), name)
