"""The rules of commission: plain Python, no database, every figure an argument."""
