"""What an app may be allowed to do: the scopes of its tokens, with their words for people."""

import enum


class Action(enum.StrEnum):
    """One scope."""

    FILES_WRITE = "files:write"
    FILES_LIST = "files:list"
    FILES_READ = "files:read"
    FOLDERS_CREATE = "folders:create"
    FILES_DELETE = "files:delete"

    @property
    def words(self) -> str:
        """The scope as the end of the sentence "This app may …"."""
        return _WORDS[self]


_WORDS = {
    Action.FILES_WRITE: "add files",
    Action.FILES_LIST: "see the list of files",
    Action.FILES_READ: "open files",
    Action.FOLDERS_CREATE: "make folders",
    Action.FILES_DELETE: "delete files",
}


def parse_scope(scope: str) -> frozenset[Action] | None:
    """The actions of a scope parameter (RFC 6749 §3.3), or None where it names one that doesn't exist."""
    names = set(scope.split())
    known = {action.value for action in Action}
    return frozenset(Action(name) for name in names) if names <= known else None


def scope_of(actions: frozenset[Action]) -> str:
    """The scope parameter of some actions, in the order of the vocabulary."""
    return " ".join(action for action in Action if action in actions)
