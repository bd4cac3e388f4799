"""Picks the real or the offline implementation of each outside service, in one place."""
