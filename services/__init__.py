"""Everything that touches the world: settings, store, edge, command line, processes."""
