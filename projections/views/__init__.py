"""The questions, one file each: fetch rows as known at a position, hand them to the domain's rules.

To add a view: a function of a `Question` that gives a `Line` for each row, with the events behind
it, and is made a `view`; see `caseload`. Then tell it in `services/view_list`.
"""
