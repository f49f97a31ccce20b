"""What Lighthouse says of the key pages: `make lighthouse`."""
