"""The questions, one file each: fetch rows as known at a position, hand them to the domain's rules.

To add a view: a function of (connection, municipality, *, as_of, known_at) that puts a `Question`
and gives its `Answer`; see `caseload`. Then name it in `services/view_list.py`.
"""
