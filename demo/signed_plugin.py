"""A platform team signs plugins and publishes them; somebody else tampers with one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from command_line import CommandLine
from processes import Failure, wait_for

NAME = "lookout"
SOURCE = {
    "lookout.py": '''"""Notes in Dask's event log when a worker goes."""

from distributed.diagnostics.plugin import SchedulerPlugin

from .words import farewell


class Lookout(SchedulerPlugin):
    def remove_worker(self, scheduler, worker, **kwargs):
        scheduler.log_event("lookout", farewell(scheduler, worker))
''',
    "words.py": """def farewell(scheduler, worker):
    return {"gone": worker, "left": len(scheduler.workers)}
""",
}
RISKY = "insights"
RISKY_SOURCE = Path(__file__).with_name("harmful") / "insights.py"  # read, never imported
MAX_RISK = 0.7
REFUSED = 1


class PlatformTeam:
    """Has one key for all its plugins."""

    def __init__(self, commands: CommandLine, audit_options: list[str]) -> None:
        self._commands = commands
        self._audit_options = audit_options
        (commands.directory / NAME).mkdir()
        for name, text in SOURCE.items():
            (commands.directory / NAME / name).write_text(text)
        (commands.directory / RISKY).mkdir()
        shutil.copy(RISKY_SOURCE, commands.directory / RISKY)

    def read(self) -> None:
        """Has the plugin audited before anybody signs it."""
        self._commands.run(f"audit {NAME}", options=self._audit_options)
        report = self._commands.ask(f"audit {NAME}")
        if report["securityRisk"] > 0.1 or report["flows"] or report["unread"]:
            raise Failure(f"the audit of {NAME} says {report['conclusion']}")
        self._commands.say(
            "What to see: what it defines and uses; nothing from outside reaches a place where it could do harm."
        )

    def read_the_risky_one(self) -> None:
        """The same for a module that takes code from a server."""
        file = f"{RISKY}/{RISKY_SOURCE.name}"
        self._commands.run(f"audit {file} --limit 1", options=self._audit_options)
        report = self._commands.ask(f"audit {file}")
        flows = [flow for flow in report["flows"] if flow["sink"].endswith("exec")]
        found = {name for flow in flows for name in flow["functions"] if not flow["checked"]}
        if found != {"register", "dask_setup"}:
            raise Failure(f"flows from the network to exec() were found in {found or 'no function'}")
        said = " ".join(item["sentence"] for item in report["purpose"] + report["anomalies"])
        open_and_standard = ["are standard wrappers of", "No obfuscation and no hard-coded credentials"]
        if report["securityRisk"] <= MAX_RISK or not all(words in said for words in open_and_standard):
            raise Failure(f"the audit of {file} says {said} {report['conclusion']}")
        steps = ", ".join(dict.fromkeys(str(step["line"]) for step in flows[0]["steps"]))
        self._commands.say(
            f"What to see: step by step, on lines {steps}, an answer of a server becomes code that runs, and nothing "
            f"checks it. The same happens in {flows[1]['functions'][0]}; the other functions are called standard wrappers."
        )

    def publish(self) -> dict[str, Any]:
        """Makes a key, packs, signs, verifies and publishes. What a configuration needs to load the plugin."""
        self._commands.run("plugin keygen team.key")
        self._commands.run(
            f"plugin pack {NAME} -o lookout.bundle --name {NAME} --version 1.0 --entry lookout:Lookout "
            "--kind scheduler --publisher team.key.pub",
            only=["Packed"],
        )
        self._commands.run("plugin sign lookout.bundle --key team.key")
        self._commands.run(
            f"plugin verify lookout.bundle --trust team.key.pub --max-risk {MAX_RISK}",
            only=["Accepted", "trusted", "risk", "audit "],
        )
        self._commands.run("plugin publish lookout.bundle")
        return {"name": NAME, "keys": [self._key()]}

    def publish_the_risky_one(self) -> dict[str, Any]:
        """Somebody in the team signs it all the same. A host with a highest risk refuses it."""
        self._commands.run(
            f"plugin pack {RISKY} -o insights.bundle --name {RISKY} --version 1.0 --entry insights:Insights "
            "--kind scheduler --publisher team.key.pub",
            only=["Packed"],
        )
        self._commands.run(
            "plugin sign insights.bundle --key team.key", only=["risk", "malware", "conclusion", "Signed"]
        )
        self._commands.run(
            f"plugin verify insights.bundle --trust team.key.pub --max-risk {MAX_RISK}", code=REFUSED
        )
        self._commands.run("plugin publish insights.bundle")
        # The hub audits what is published, right after it has answered.
        wait_for(
            "the hub's audits", lambda: all(p["audit"] for p in self._commands.ask("plugin list")) or None
        )
        self._commands.run("plugin list")
        self._commands.say(
            f"What to see: a good signature, a risk of which everybody is told, and a host with pilothouse.trust.max-risk "
            f"{MAX_RISK} that refuses it; the scheduler below is such a host. An audit is advice, a signature is authority."
        )
        return {"name": RISKY, "keys": [self._key()]}

    def tamper(self) -> None:
        """The same bundle with one word changed, which nobody takes."""
        good = (self._commands.directory / "lookout.bundle").read_bytes()
        evil = good.replace(b"len(scheduler.workers)", b"scheduler.close()     ")
        if evil == good:
            raise Failure("the bundle does not hold the plugin's source")
        (self._commands.directory / "tampered.bundle").write_bytes(evil)
        self._commands.run("plugin verify tampered.bundle --trust team.key.pub", code=REFUSED)
        self._commands.run("plugin publish tampered.bundle", code=REFUSED)

    def _key(self) -> str:
        return (self._commands.directory / "team.key.pub").read_text().strip()
