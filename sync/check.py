"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cdc.server import Finding

Verdict = Literal["ok", "wrong", "warning", "unknown"]


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was found, what is wanted, and the fix. `unknown`: it could not be asked now."""

    name: str
    verdict: Verdict
    found: str
    wanted: str = ""
    fix: str = ""

    def as_json(self) -> dict[str, str]:
        """The fields of `check --json`."""
        return {
            "name": self.name,
            "verdict": self.verdict,
            "found": self.found,
            "wanted": self.wanted,
            "fix": self.fix,
        }

    def __str__(self) -> str:
        wanted = f", wanted {self.wanted}" if self.wanted else ""
        return f"{self.name}: {self.found}{wanted}" + (f"\n    fix: {self.fix}" if self.fix else "")


def as_check(finding: Finding) -> Check:
    """What was found about Magento's server, as a check."""
    if finding.ok:
        return Check(finding.name, "ok", finding.found)
    if finding.ok is None:
        return Check(finding.name, "warning", finding.found, finding.wanted, finding.fix)
    verdict: Verdict = "wrong" if finding.level == "refuse" else "warning"
    return Check(finding.name, verdict, finding.found, finding.wanted, finding.fix)
