"""The trials, a module for each row of the card; importing them registers them."""

from tests.marketplace.facts.trials import can, cannot, checked, cost, kept, limits, where

__all__ = ["can", "cannot", "checked", "cost", "kept", "limits", "where"]
