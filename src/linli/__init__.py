"""Linli (邻理) runs a town and its industrial park as one closed loop."""

__version__ = "0.1.0"
