"""Messages on the wire."""
