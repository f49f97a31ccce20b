"""Names that make people take a file for something else."""

import re

_TURNS_AROUND = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RUNS = r"exe|scr|com|pif|msi|bat|cmd|ps1|vbs?|vbe|jse?|wsf|hta|lnk|jar|cpl|dll|reg|app|sh"
_RUNNABLE = re.compile(rf"\.(?:{_RUNS})[\s.]*$", re.IGNORECASE)
_TWO_ENDINGS = re.compile(
    rf"\.(?:pdf|docx?|xlsx?|pptx?|odt|ods|rtf|txt|csv|jpe?g|png|gif|webp|heic|zip|mp[34])[\s.]*\.(?:{_RUNS}|html?|svg|php)$",
    re.IGNORECASE,
)
_HIDDEN_BY_SPACE = re.compile(r"\s{8,}\.\w+$")
_MAY_RUN = frozenset({"application/octet-stream", "application/x-dosexec", "text/x-shellscript", "text/javascript"})


def why_it_misleads(name: str, content_type: str) -> str | None:
    """What is wrong with a name, in words; None for an honest one."""
    if _TURNS_AROUND.search(name):
        return "the name holds characters that turn its letters around"
    if _TWO_ENDINGS.search(name):
        return "the name has two endings"
    if _HIDDEN_BY_SPACE.search(name):
        return "the name hides its ending behind spaces"
    if _RUNNABLE.search(name) and content_type not in _MAY_RUN:
        return "the name ends as a program's does"
    return None
