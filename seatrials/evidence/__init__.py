"""What happened during a scenario, as far as a failure needs it to explain itself."""
