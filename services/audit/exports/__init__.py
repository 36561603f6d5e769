"""The history as other programs and citizens read it: OCEL 2.0, the case file."""
