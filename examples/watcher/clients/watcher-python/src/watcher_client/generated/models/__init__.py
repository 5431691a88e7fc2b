"""Contains all the data models used in inputs/outputs"""

from .change import Change
from .change_kind import ChangeKind
from .new_watch import NewWatch
from .problem import Problem
from .watch import Watch
from .watch_page import WatchPage
from .watch_state import WatchState

__all__ = (
    "Change",
    "ChangeKind",
    "NewWatch",
    "Problem",
    "Watch",
    "WatchPage",
    "WatchState",
)
