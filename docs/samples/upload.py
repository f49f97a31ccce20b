"""Upload files from a program that runs on a server, and wait until each was checked.

    pip install ./platform/sdk/python
    GATEHOUSE_URL=https://gatehouse.example GATEHOUSE_APP=… GATEHOUSE_SECRET=… python upload.py photos/*.jpg

The app's id and secret are on its Keys page. The secret stays in the environment; what travels is a token for minutes.
A large file that broke off is gone on with when the program runs again.
"""

import os
import sys

import httpx2
from gatehouse import Gatehouse, GatehouseProblem, ResumeFile, TokenAnswer

SITE = os.environ["GATEHOUSE_URL"].rstrip("/")


def fetch_token(refused: str) -> TokenAnswer:
    """A token for this app (RFC 6749 §4.4), asked for when there is none, it ends, or it was refused."""
    app = (os.environ["GATEHOUSE_APP"], os.environ["GATEHOUSE_SECRET"])
    wish = {"grant_type": "client_credentials", "scope": "files:write files:list"}
    answer = httpx2.post(f"{SITE}/oauth/token", auth=app, data=wish).raise_for_status()
    token: TokenAnswer = answer.json()
    return token


def main(paths: list[str]) -> int:
    """Upload them all; returns how many didn't end up safe and stored."""
    begun = ResumeFile(".gatehouse-uploads.json")
    with Gatehouse(f"{SITE}/api/v1", fetch_token, resume_store=begun) as gatehouse:
        ends = {path: end_of(gatehouse, path) for path in paths}
    for path, words in ends.items():
        print(f"{path}: {words}")
    return sum(words != "safe and stored" for words in ends.values())


def end_of(gatehouse: Gatehouse, path: str) -> str:
    """What became of one file, in words."""
    try:
        upload = gatehouse.settled(gatehouse.upload(path).id)
    except GatehouseProblem as problem:
        return f"{problem.user_message} {problem.remedy.label if problem.remedy else ''}".strip()
    if upload.state == "available":
        return "safe and stored"
    return upload.problem.user_message if upload.problem else upload.state


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
