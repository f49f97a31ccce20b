"""What of a token decides whether it was stopped, and under which names Redis holds the stops."""

from dataclasses import dataclass

from admission.models import Level


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """A verified token as the gate sees it.

    `ancestors` are the tokens that it was derived from; `template` is the template's slug and version, `slug/1.0.0`:
    a stop may name both or the slug alone. Issued in milliseconds, expiring in seconds since the epoch.
    """

    token_id: str
    ancestors: tuple[str, ...]
    family: str
    user: str
    app: str
    template: str
    tenant: str
    issued_at_ms: int
    expires_at: float

    def final_stops(self) -> list[tuple[Level, str]]:
        """Stops that kill whenever the token was issued: those of its own line."""
        own = [(Level.TOKEN, token_id) for token_id in (self.token_id, *self.ancestors)]
        return [*own, (Level.FAMILY, self.family)]

    def epoch_stops(self) -> list[tuple[Level, str]]:
        """Stops that kill what was issued until then."""
        return [
            (Level.USER, self.user),
            (Level.APP, self.app),
            (Level.TEMPLATE, self.template),
            (Level.TEMPLATE, template_slug(self.template)),
            (Level.TENANT, self.tenant),
            (Level.EVERYTHING, ""),
        ]


def template_slug(template: str) -> str:
    """The template's name without its version."""
    return template.partition("/")[0]


def stop_key(level: Level, subject: str) -> str:
    """Where Redis holds the last moment, in ms, whose tokens a stop killed."""
    return f"dead:{level.value}:{subject}"
