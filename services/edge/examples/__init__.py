"""An example of each event: its time and its `data`, a file for each stream. Nothing personal."""
