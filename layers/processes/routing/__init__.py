"""What the processes ``tour-route`` and ``visit-rounds`` are made of."""
