"""What staff ask about single reports and records: where they stand, what happened to them, which rule decides.

Reads only, and knows no web; the pages in include/pages show what it returns.
"""
