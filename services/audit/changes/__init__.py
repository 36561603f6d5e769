"""What changed and why: corrections, differences, what is behind a figure, live views compared."""
