"""Pages for people. They are part of the application, not of its contract."""
