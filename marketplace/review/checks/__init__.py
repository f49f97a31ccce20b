"""The checks of the automated review, one a file. A new one is a file and its line in CHECKS."""

from marketplace.review.checks.attribution import Attribution
from marketplace.review.checks.availability import Availability
from marketplace.review.checks.costs import Costs
from marketplace.review.checks.impersonation import Impersonation
from marketplace.review.checks.lifetimes import Lifetimes
from marketplace.review.checks.module import Module
from marketplace.review.checks.module_tries import ModuleTries
from marketplace.review.checks.permissions import Permissions
from marketplace.review.checks.promises import Promises
from marketplace.review.checks.protection import Protection
from marketplace.review.checks.public_reading import PublicReading
from marketplace.review.checks.public_writing import PublicWriting
from marketplace.review.checks.quotas import Quotas
from marketplace.review.checks.residency import Residency
from marketplace.review.checks.retention import Retention
from marketplace.review.checks.secrets import Secrets
from marketplace.review.checks.types import Types
from marketplace.review.checks.websites import Websites
from marketplace.review.checks.words import Words
from marketplace.review.subject import Check

CHECKS: tuple[Check, ...] = (
    Secrets(),
    Lifetimes(),
    PublicWriting(),
    PublicReading(),
    Websites(),
    Permissions(),
    Types(),
    Quotas(),
    Costs(),
    Attribution(),
    Protection(),
    Residency(),
    Retention(),
    Module(),
    ModuleTries(),
    Promises(),
    Words(),
    Impersonation(),
    Availability(),
)
