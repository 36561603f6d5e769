"""The log that proves it: a Merkle tree, signed checkpoints, bundles, proofs and witnesses."""
