"""Measurements, printed as ratios against a plain NumPy floor in the same run: ``python -m benchmarks``."""
