"""HTTP only: requests become calls of the operations, answers and problems become JSON."""
