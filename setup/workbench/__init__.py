"""Installs, starts and tests the suite on a bare Debian 12. Standard library only."""
