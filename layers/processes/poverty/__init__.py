"""What the three processes of poverty targeting share: inputs, the register, result columns."""
