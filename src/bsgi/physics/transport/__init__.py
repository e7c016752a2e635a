"""From activity in a compressed breast to expected counts per second and pixel."""
