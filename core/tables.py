"""Every table of the application, imported so that one metadata object knows them all."""
