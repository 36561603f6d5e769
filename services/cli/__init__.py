"""The command `roedtraad`: one file for each group of commands."""
