"""Batch review: the ranked table of an assessment, one submission in a panel or on its page, decisions."""
