"""Templates to review: thirty that somebody should look at twice, fifteen that are in order.

Each is a shipped document with a few fields set. A risky one says which findings it must have, and how bad each is;
it must have no other finding that is `high`.
"""

from dataclasses import dataclass, field
from typing import Any

from marketplace.review.findings import Severity

HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW
PACKAGE = "package gatehouse.template\n"
AWS_KEY = "AKIA" + "IOSFODNN7" + "EXAMPLE"
PEM = "-----BEGIN " + "PRIVATE KEY----- MIIBVgIBADANBgkqhkiG9w0BAQEFAASCAUAwggE8AgEAAkEA -----END " + "PRIVATE KEY-----"
GITHUB = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"


@dataclass(frozen=True)
class Risky:
    """One template, and what must be found."""

    name: str
    base: str
    changes: dict[str, Any]
    expected: dict[str, Severity] = field(default_factory=dict)


RISKY = (
    Risky("a cloud key in the summary", "team-photo-share", {"summary": f"Photos. Use {AWS_KEY} to fetch them."},
          {"SECRET_IN_DOCUMENT": HIGH}),
    Risky("a private key in the module", "team-file-share",
          {"rego": f'{PACKAGE}# {PEM}\ndeny contains "no" if input.file.size == 0\n'}, {"SECRET_IN_DOCUMENT": HIGH}),
    Risky("a token in an option's label", "team-photo-share",
          {"options": [{"name": "smaller-pictures", "label": f"Use {GITHUB}", "kind": "boolean", "default": True}]},
          {"SECRET_IN_DOCUMENT": HIGH}),
    Risky("a password in the module", "file-import",
          {"rego": f'{PACKAGE}password := "correct-horse"\ndeny contains "no" if input.file.name == password\n'},
          {"SECRET_IN_DOCUMENT": HIGH}),
    Risky("text that is too random to be words", "team-photo-share",
          {"consent.lines": ["Photos go to {workspace} in {place} for {kept}: q9Zx7LmP2vRt8WyK4nBc6HsJ1fGd3TaE5uXo"]},
          {"SECRET_LIKE_TEXT": MEDIUM}),
    Risky("anyone uploads and no person is shown to be there", "public-drop-box", {"captcha": ...},
          {"PUBLIC_WRITE_WITHOUT_CAPTCHA": HIGH}),
    Risky("anyone uploads and no content is compared", "public-drop-box", {"scanning.engines": ["malware"]},
          {"PUBLIC_WRITE_WITHOUT_TYPE_CHECK": HIGH}),
    Risky("strangers see each other's files", "public-drop-box",
          {"permissions": {"required": ["files:write", "files:list"], "optional": ["files:read"]}},
          {"STRANGERS_SEE_FILES": HIGH}),
    Risky("strangers hand in archives", "public-drop-box", {"uploads.types": ["application/zip", "application/pdf"]},
          {"PACKED_FILES_FROM_ANYONE": MEDIUM}),
    Risky("strangers cost much", "public-drop-box",
          {"quota.app_bytes": 990_000_000_000, "uploads.max_bytes": 900_000_000},
          {"COST_BY_STRANGERS": MEDIUM, "PUBLIC_WRITE_LARGE": MEDIUM}),
    Risky("regulated files under a key that isn't the customer's", "invoice-inbox",
          {"encryption.customer_key": "optional"}, {"REGULATED_WITHOUT_OWN_KEY": HIGH}),
    Risky("regulated files that nobody searches", "invoice-inbox",
          {"scanning.engines": ["content_type", "malware"]},
          {"REGULATED_NOT_SEARCHED": MEDIUM, "SEARCH_NOT_MADE": MEDIUM}),
    Risky("everybody opens regulated files", "invoice-inbox",
          {"permissions.required": ["files:write", "files:list", "files:read"], "permissions.optional": []},
          {"EVERYBODY_OPENS_REGULATED": MEDIUM}),
    Risky("confidential files that anyone may open", "hr-document-intake", {"public_read": "after_review"},
          {"PROTECTED_FILES_FOR_EVERYONE": HIGH}),
    Risky("a gallery of whatever somebody uploads", "event-gallery", {"public_read": "at_once"},
          {"PUBLIC_READ_WITHOUT_REVIEW": MEDIUM}),
    Risky("every website shows the upload box", "team-photo-share", {"origins": ["https://*"]}, {"ANY_WEBSITE": HIGH}),
    Risky("a website that isn't encrypted", "team-photo-share", {"origins": ["http://shop.example"]},
          {"WEBSITE_NOT_ENCRYPTED": HIGH}),
    Risky("all websites below one", "form-attachments", {"origins": ["https://*.shop.example"]},
          {"MANY_WEBSITES": MEDIUM}),
    Risky("other websites read confidential files", "team-file-share", {"origins": ["https://partner.example"]},
          {"WEBSITES_SEE_FILES": HIGH}),
    Risky("invoices that may go before the law lets them", "invoice-inbox",
          {"retention.minimum_days": 365, "lifecycle.delete_after_days": 730}, {"RETENTION_UNDER_LABEL": HIGH}),
    Risky("a label that says other than what happens", "team-photo-share", {"retention.label": "marketing-30-days"},
          {"KEPT_OTHER_THAN_LABEL": MEDIUM}),
    Risky("consent that promises an earlier end", "form-attachments",
          {"consent.lines": ["Files go to {workspace} in {place}.", "They are deleted after 14 days, kept {kept}."]},
          {"PERIOD_NOT_KEPT": HIGH}),
    Risky("access that lives long, to confidential files", "team-file-share",
          {"tokens.ttl_seconds": 600, "downloads.url_ttl_seconds": 300}, {"LIVES_TOO_LONG": MEDIUM}),
    Risky("a module that allows what the document denies", "team-photo-share",
          {"rego": f'{PACKAGE}allow if input.file.type in {{"image/jpeg", "application/zip"}}\n'},
          {"MODULE_ALLOWS_WHAT_DOCUMENT_DENIES": HIGH}),
    Risky("a module that allows larger files than the document", "team-photo-share",
          {"rego": f"{PACKAGE}allow if input.file.size <= 500000000\n"}, {"MODULE_ALLOWS_WHAT_DOCUMENT_DENIES": HIGH}),
    Risky("a module that calls home", "file-import",
          {"rego": f'{PACKAGE}deny contains "no" if http.send({{"url": "https://x.example"}}).status_code != 200\n'},
          {"MODULE_REFUSED": HIGH}),
    Risky("a module that never ends", "file-import",
          {"rego": f'{PACKAGE}deny contains "no" if count([1 | a := {list(range(10))}; {"a[_]; " * 12}true]) > 0\n'},
          {"MODULE_BROKEN": HIGH}),
    Risky("invoices under two laws, whose words deny it", "invoice-inbox", {"regions": ["eu-central-1", "us-east-1"]},
          {"REGIONS_UNDER_SEVERAL_LAWS": HIGH, "PLACE_NOT_KEPT": HIGH}),
    Risky("an app that costs thousands before anyone is asked", "team-file-share",
          {"quota.app_bytes": 50_000_000_000_000}, {"COST_VERY_HIGH": HIGH, "BOUND_TOO_WIDE": MEDIUM}),
    Risky("a name in letters that only look like another's", "form-attachments",
          {"slug": "photos", "name": "Team Phоto Share (Marketing)", "summary": "The official place for photos."},
          {"NAME_OF_ANOTHER": HIGH, "NAME_MIXES_ALPHABETS": HIGH, "CLAIM_IN_WORDS": MEDIUM}),
)  # fmt: skip

GOOD: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Team Photo Share", "team-photo-share", {}),
    ("Team File Share", "team-file-share", {}),
    ("File Import", "file-import", {}),
    ("Form Attachments", "form-attachments", {}),
    ("Public Drop Box", "public-drop-box", {}),
    ("Invoice Inbox", "invoice-inbox", {}),
    ("HR Document Intake", "hr-document-intake", {}),
    ("Event Gallery", "event-gallery", {}),
    ("photos kept for half a year", "team-photo-share", {
        "slug": "half-year-photos", "name": "Half-Year Photos", "lifecycle.delete_after_days": 180,
        "retention.label": "photos-180-days", "summary": "Photos of the half-year meeting, deleted after 180 days.",
    }),
    ("a wiki's attachments on two named websites", "form-attachments", {
        "slug": "wiki-files", "name": "Wiki Files", "origins": ["https://wiki.acme.example", "https://acme.example"],
    }),
    ("a module that only refuses", "team-file-share", {
        "slug": "numbered-files", "name": "Numbered Files",
        "rego": PACKAGE + 'deny contains "Begin the name with a number." if {\n'
        '  input.operation == "uploadStart"\n  not regex.match(`^[0-9]`, input.file.name)\n'
        '  not startswith(input.file.name, "Miller")\n}\n',
    }),
    ("a module that allows a part of what the document does", "team-photo-share", {
        "slug": "small-photos", "name": "Small Photos",
        "rego": PACKAGE + "allow if input.file.size <= 5000000\n",
    }),
    ("contracts kept as their label says", "hr-document-intake", {
        "slug": "contracts", "name": "Contracts", "retention.label": "contract-10-years",
        "retention.minimum_days": 3650, "lifecycle.delete_after_days": 3700, "lifecycle.labels": ...,
    }),
    ("German words", "form-attachments", {
        "slug": "anlagen", "name": "Anlagen zum Formular", "regions": ["eu-central-1"],
        "summary": "Belege und Fotos zu einem Formular, gespeichert in Deutschland, gelöscht nach 180 Tagen.",
        "consent.lines": ["Deine Dateien gehen an {workspace} und liegen in {place}.",
                          "Jede wird auf Viren geprüft.", "Sie werden {kept} aufbewahrt."],
    }),
    ("regulated papers that nobody but their keepers opens", "invoice-inbox", {
        "slug": "medical-letters", "name": "Medical Letters", "retention.label": "medical-letters",
        "summary": "Letters of doctors, searched for personal data.", "rego": ...,
    }),
)  # fmt: skip
