"""Time: which column holds it, what moments its cells are, which zone they are in, and how they are spaced."""
