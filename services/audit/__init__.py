"""The auditors' history: what was written, in which order, and that it stands unchanged."""
