"""Temporal workflows, their messages and the ports they call: timers and order, never rules."""
