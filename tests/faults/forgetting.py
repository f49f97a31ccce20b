"""What a process keeps of the way to storage, forgotten: for tests that lead it elsewhere and back."""

from storage import grants, object_store, part_store


def forget_storage() -> None:
    """Let the next call look up where storage is."""
    object_store.object_store.cache_clear()
    part_store.part_store.cache_clear()
    grants._signer.cache_clear()
