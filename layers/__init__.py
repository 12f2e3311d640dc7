"""The data: what a layer is, its rules, where it is stored, who may see it, ways in and out."""
