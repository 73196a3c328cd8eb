"""Systems of containers: declare, plan, start, share, break, stop."""
