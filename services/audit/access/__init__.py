"""Who looked (*adgangslog*): recorded before anything is told, read back, sampled, pruned."""
