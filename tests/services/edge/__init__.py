"""What the edge takes and refuses, with the sentences it answers."""
