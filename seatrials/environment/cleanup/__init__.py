"""Nothing is left behind: the guard, the sweep, and what both remove by."""
