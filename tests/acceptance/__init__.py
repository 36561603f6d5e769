"""What the whole must show, from files to answers, on the demo's trial."""
