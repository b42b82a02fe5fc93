"""Widgets of this demo."""
