"""Pays suppliers through the bank. See README.md for what the service promises."""
