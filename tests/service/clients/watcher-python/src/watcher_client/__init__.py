"""A typed client of the Watcher API; the operations are in `watcher_client.generated.api`."""

from watcher_client.generated import AuthenticatedClient, Client

__all__ = ["AuthenticatedClient", "Client"]
