"""The operations for programs, one module for each kind of resource."""
