"""A client of the watcher service. What lies in `generated` is written by `countersign`."""
