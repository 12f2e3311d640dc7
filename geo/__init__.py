"""The mathematics of planning: shapes, rasters and graphs in, results out.

Knows no database, no HTTP, no file system and no layer names.
"""
