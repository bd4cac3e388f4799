"""Writing to the bank of packs.

    versions.py    a read pack becomes an immutable version
    shipped.py     the packs of the checkout come into the bank
    imports.py     an uploaded zip is taken, then read in a job
"""
