"""What people and tools read about a run."""
