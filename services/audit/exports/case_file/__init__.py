"""The case file (*aktindsigt*): all that is recorded of a course, for the citizen, in plain words.

What a citizen reads is written here and nowhere else. Nothing is reckoned: what holds comes from
the folds of the domain, what happened from the events.
"""
