"""The parts of the pond check: what is read, what is found, and the rows that say so."""
