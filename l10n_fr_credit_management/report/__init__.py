"""Workbook and pages of the tables."""
