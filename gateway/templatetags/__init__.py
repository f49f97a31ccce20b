"""What the gateway's pages show in their own way."""
