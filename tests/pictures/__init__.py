"""Pictures of the product for its documentation and its guide: `make pictures`."""
