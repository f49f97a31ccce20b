"""The broker on the wire, one endpoint or page a module."""
