"""Backing services, one module for each: declared, asked whether it is ready, questioned, reset."""
