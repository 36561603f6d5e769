"""The questions, one file each: fetch rows as known at a position, hand them to the domain's rules.

To add a view: a function that takes a `Question` and gives an `Answer`; see `caseload`.
"""
