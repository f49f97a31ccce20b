"""Folders, uploads and files, the objects behind them, and the signatures that open storage for one of them."""
