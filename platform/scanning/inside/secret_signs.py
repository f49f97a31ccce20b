"""Signs of passwords and keys in text, by the forms that their issuers gave them so that they can be found."""

import re
from collections.abc import Mapping

from scanning.inside.personal import Sign


def _sign(one: str, many: str, pattern: str) -> Sign:
    return Sign((one, many), re.compile(pattern), _is_varied)


def _is_varied(value: str) -> bool:
    """Whether it is more than a placeholder such as `xxxxxxxx` or `EXAMPLE`."""
    return len(set(value)) >= 6 and not re.search(r"(?i)example|placeholder|changeme|your[_-]|<|\$\{|\{\{", value)


_ASSIGNED = (
    r"(?i)\b(?:password|passwd|pwd|passwort|kennwort|secret|api[_-]?key|access[_-]?token)[\"']?\s{0,4}[:=]\s{0,4}"
)

SIGNS: Mapping[str, Sign] = {
    "private_key": _sign(
        "private key", "private keys",
        r"(-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED |PGP )?PRIVATE KEY(?: BLOCK)?-----"
        r"\s{0,4}[\w+/=:, \r\n-]{24,64})",
    ),
    "aws": _sign("AWS key", "AWS keys", r"(?<![A-Z0-9])((?:AKIA|ASIA)[A-Z2-7]{16})(?![A-Z0-9])"),
    "github": _sign("GitHub key", "GitHub keys", r"\b(gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{60,255})\b"),
    "gitlab": _sign("GitLab key", "GitLab keys", r"\b(glpat-[\w-]{20,64})\b"),
    "slack": _sign("Slack key", "Slack keys", r"\b(xox[abeoprs]-[\w-]{20,200})"),
    "stripe": _sign("Stripe key", "Stripe keys", r"\b([rs]k_live_[A-Za-z0-9]{20,120})\b"),
    "google": _sign("Google key", "Google keys", r"\b(AIza[\w-]{35})(?![\w-])"),
    "azure": _sign("Azure storage key", "Azure storage keys", r"AccountKey=([A-Za-z0-9+/]{80,100}={0,2})"),
    "model": _sign("AI service key", "AI service keys", r"\b(sk-(?:ant-|proj-)?[\w-]{32,200})"),
    "token": _sign("signed token", "signed tokens", r"\b(eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{20,1000})"),
    "address": _sign(
        "address with a password", "addresses with a password", r"\b([a-z][a-z0-9+]{1,20}://[^\s:/@]{1,64}:[^\s:/@]{6,128}@)"
    ),
    "password": _sign("password", "passwords", _ASSIGNED + r"[\"']?([^\s\"',;]{10,128})"),
}  # fmt: skip
