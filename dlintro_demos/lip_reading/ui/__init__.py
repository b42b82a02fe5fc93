"""Widgets of the lip reading page."""
