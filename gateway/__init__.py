"""The five operations between apps and storage, and the HTTP surface that carries them."""
