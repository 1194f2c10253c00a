"""MiniStack in one process: extended, corrected where AWS does otherwise, its state kept."""
