"""What the programme is: values, events, folds, decisions and rules.

Everything here is pure: no input or output, no clock, no randomness. `now` and `actor` are
arguments. Nothing of the other folders may be imported.
"""
