"""Templates applied: all policies of one are proposed, published or withdrawn together."""

from decimal import Decimal
from uuid import UUID

from app.kit.errors import Fault, Invalid
from app.kit.pages import Page
from app.organisations import policy_queries, queries
from app.organisations.access import Call, require
from app.organisations.permissions import Permission
from app.organisations.policy_messages import BundleOut, TemplateIn, TemplateOut
from app.organisations.policy_templates import TEMPLATES, TemplateName
from app.organisations.policy_views import bundle_out, template_out
from app.organisations.publishing import propose, publish, withdraw


class AmountOfTemplate(Invalid):
    """The template takes an amount and none was sent, or it takes none."""


def list_templates(_: Call, up_to: Decimal | None) -> Page[TemplateOut]:
    """Give every template, with the amount filled in where it takes one."""
    return Page(data=[template_out(name, up_to) for name in TemplateName])


def apply_template(call: Call, organisation_id: UUID, name: TemplateName, body: TemplateIn) -> BundleOut:
    """Propose everything that a template says, for an organisation and all below it.

    :raises AmountOfTemplate: when an amount is missing, or is one too many.
    :raises NotBefore: when it would begin in the past.
    :raises WidensPolicy: naming every rule that is wider than what is set above; then none is proposed.
    """
    organisation = queries.organisation(call, organisation_id)
    require(call, Permission.POLICY_SET, organisation.id)
    template = TEMPLATES[name]
    if template.takes_up_to != (body.up_to is not None):
        message = f"{name} takes {'an amount: send' if template.takes_up_to else 'no amount: leave out'} `up_to`"
        raise AmountOfTemplate(message, faults=[Fault(message, pointer="/up_to")])
    return bundle_out(propose(call, organisation, body.valid_from, template.rules(body.up_to), name))


def get_bundle(call: Call, bundle_id: UUID) -> BundleOut:
    return bundle_out(policy_queries.bundle(call, bundle_id))


def publish_bundle(call: Call, bundle_id: UUID, if_match: str | None) -> BundleOut:
    """Let all policies of a bundle count from their day on.

    :raises SecondAdministratorNeeded: for whoever wrote them.
    :raises BeginsInThePast: when their day is over.
    :raises WidensPolicy: naming every rule that is wider than what is set above by now; then none is published.
    """
    policies = policy_queries.bundle(call, bundle_id)
    require(call, Permission.POLICY_SET, policies[0].organisation_id)
    publish(call, policies, if_match)
    return bundle_out(policies)


def withdraw_bundle(call: Call, bundle_id: UUID, if_match: str | None) -> BundleOut:
    """Take back all proposals of a bundle.

    :raises WrongState: when they are published.
    """
    policies = policy_queries.bundle(call, bundle_id)
    require(call, Permission.POLICY_SET, policies[0].organisation_id)
    withdraw(call, policies, if_match)
    return bundle_out(policies)
