"""Watcher looks at web pages on a schedule and reports what changed on them."""

__version__ = "1.4.0"
