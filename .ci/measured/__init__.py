"""What `.ci/figures` measures, one module a promise."""
