"""From what holds at an organisation to the policy that the engine decides by."""

import hashlib
from decimal import Decimal

from app.kit.audit import canonical_json
from app.match.engine.policy import EVERYWHERE, Combine, Level, Policy, Tolerance, TwoPersonRule, TwoPersons
from app.organisations.policies import (
    Effective,
    OverDeliveryPolicy,
    Sourced,
    TolerancePolicy,
    TwoPersonPolicy,
)


def engine_policy(policy: Effective) -> Policy:
    """Give the engine's policy for what holds at an organisation, with a digest of its content."""
    over, rule = policy.over_delivery.rule, policy.two_person.rule
    assert isinstance(over, OverDeliveryPolicy)  # noqa: S101 - what the field holds
    assert isinstance(rule, TwoPersonPolicy)  # noqa: S101 - what the field holds
    rows = (*policy.tolerances, policy.two_person, policy.over_delivery)
    content = [[_source(row), row.rule.model_dump(mode="json", exclude_none=True)] for row in rows]
    digest = hashlib.sha256(canonical_json(content)).hexdigest()
    return Policy(
        version=digest[:12],
        digest=digest,
        tolerances=tuple(_tolerance(row) for row in policy.tolerances),
        two_person_rules=(
            TwoPersonRule(EVERYWHERE, _source(policy.two_person), TwoPersons(rule.rule), rule.up_to or Decimal(0)),
        ),
        over_delivery=over.percent,
    )


def _source(row: Sourced) -> str:
    return row.organisation_name if row.valid_from is None else f"{row.organisation_name} {row.valid_from}"


def _tolerance(row: Sourced) -> Tolerance:
    rule = row.rule
    assert isinstance(rule, TolerancePolicy)  # noqa: S101 - what the rows hold
    return Tolerance(
        scope=EVERYWHERE,
        source=_source(row),
        level=Level(rule.level),
        absolute=rule.absolute,
        percent=rule.percent,
        combine=Combine(rule.combine),
        freight_cap=rule.freight_cap,
    )
