"""Django's settings, one file a concern."""

from config.settings.broker import *  # noqa: F403 - settings modules are meant to be poured together
from config.settings.core import *  # noqa: F403
from config.settings.data import *  # noqa: F403
from config.settings.jobs import *  # noqa: F403
from config.settings.marketplace import *  # noqa: F403
from config.settings.people import *  # noqa: F403
from config.settings.security import *  # noqa: F403
from config.settings.storage import *  # noqa: F403
from config.settings.surface import *  # noqa: F403
