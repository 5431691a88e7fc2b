"""Contains all the data models used in inputs/outputs"""

from .acknowledgement import Acknowledgement
from .acknowledgement_create import AcknowledgementCreate
from .availability_change import AvailabilityChange
from .body_import_watches import BodyImportWatches
from .change import Change
from .channel import Channel
from .channel_create import ChannelCreate
from .chat_target import ChatTarget
from .check import Check
from .check_request import CheckRequest
from .check_state import CheckState
from .check_trigger import CheckTrigger
from .css_region import CssRegion
from .daily_report import DailyReport
from .delivery import Delivery
from .digest import Digest
from .domain_report import DomainReport
from .email_target import EmailTarget
from .http_validation_error import HTTPValidationError
from .import_ import Import
from .import_format import ImportFormat
from .interval_schedule import IntervalSchedule
from .liveness import Liveness
from .page_change import PageChange
from .page_channel import PageChannel
from .page_check import PageCheck
from .page_snapshot import PageSnapshot
from .page_watch import PageWatch
from .problem import Problem
from .problem_code import ProblemCode
from .readiness import Readiness
from .readiness_notes import ReadinessNotes
from .redirect_change import RedirectChange
from .rejected_row import RejectedRow
from .request_options import RequestOptions
from .request_options_headers import RequestOptionsHeaders
from .severity import Severity
from .severity_count import SeverityCount
from .snapshot import Snapshot
from .tag_rename import TagRename
from .tag_summary import TagSummary
from .text_change import TextChange
from .text_region import TextRegion
from .validation_error import ValidationError
from .validation_error_context import ValidationErrorContext
from .watch import Watch
from .watch_create import WatchCreate
from .watch_health import WatchHealth
from .watch_order import WatchOrder
from .watch_state import WatchState
from .watch_update import WatchUpdate
from .webhook_target import WebhookTarget
from .webhook_target_headers import WebhookTargetHeaders
from .weekday import Weekday
from .weekly_schedule import WeeklySchedule
from .whole_page import WholePage

__all__ = (
    "Acknowledgement",
    "AcknowledgementCreate",
    "AvailabilityChange",
    "BodyImportWatches",
    "Change",
    "Channel",
    "ChannelCreate",
    "ChatTarget",
    "Check",
    "CheckRequest",
    "CheckState",
    "CheckTrigger",
    "CssRegion",
    "DailyReport",
    "Delivery",
    "Digest",
    "DomainReport",
    "EmailTarget",
    "HTTPValidationError",
    "Import",
    "ImportFormat",
    "IntervalSchedule",
    "Liveness",
    "PageChange",
    "PageChannel",
    "PageCheck",
    "PageSnapshot",
    "PageWatch",
    "Problem",
    "ProblemCode",
    "Readiness",
    "ReadinessNotes",
    "RedirectChange",
    "RejectedRow",
    "RequestOptions",
    "RequestOptionsHeaders",
    "Severity",
    "SeverityCount",
    "Snapshot",
    "TagRename",
    "TagSummary",
    "TextChange",
    "TextRegion",
    "ValidationError",
    "ValidationErrorContext",
    "Watch",
    "WatchCreate",
    "WatchHealth",
    "WatchOrder",
    "WatchState",
    "WatchUpdate",
    "WebhookTarget",
    "WebhookTargetHeaders",
    "Weekday",
    "WeeklySchedule",
    "WholePage",
)
