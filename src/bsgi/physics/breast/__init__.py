"""The breast: its shape under compression, the tracer in it, and its lesions."""
