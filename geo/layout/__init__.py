"""Layouts of plots: water, rice, orchard and residence 30:30:30:10 or another profile (A2)."""
