"""The documents that clients send and receive: the public contract of the service."""
