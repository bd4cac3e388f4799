"""Reading the bank of packs.

    packs.py       versions and lists of them
    contents.py    what is inside a version: files, starter, public tests, the Pack value
    imports.py     uploads on their way into the bank
"""
