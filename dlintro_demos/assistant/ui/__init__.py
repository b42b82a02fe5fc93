"""Widgets of the assistant's page."""
