"""How much may be stored, how much is: the truth about space, in PostgreSQL."""
