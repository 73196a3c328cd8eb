"""Figures of seatrials, each beside what one would use instead, in one run.

Each module runs by itself: `python -m benchmarks.<name>`.
"""
