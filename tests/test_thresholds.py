"""The thresholds: each is used, says where it is from, and is said in words."""

from __future__ import annotations

import pytest

from pii.thresholds import RULES
from tests.shared import SOURCE


@pytest.mark.parametrize("key", list(RULES))
def test_every_rule_can_be_broken(key: str) -> None:
    """A rule that no finding is of would be a promise."""
    assert f'_found("{key}"' in (SOURCE / "findings.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("key", list(RULES))
def test_every_rule_has_its_words_and_its_source(key: str) -> None:
    """What is said of one place has room for its figures, and what is said of many has none."""
    rule = RULES[key]
    assert rule.said.count("{}") == 1
    assert "{" not in rule.says
    assert rule.topic
    assert rule.source
    assert rule.says[0] == rule.says[0].lower() or rule.says.startswith(("Cronbach", "McDonald", "Kaiser"))
