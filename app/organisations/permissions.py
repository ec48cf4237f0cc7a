"""Who may do what: permissions named `resource:action`, and the one table from roles to permissions."""

from enum import StrEnum

from app.organisations.people_models import Role


class Permission(StrEnum):
    """Kept in alphabetical order; docs/permissions.md is printed from here and compared by a test."""

    AGREEMENT_MANAGE = "agreement:manage"
    AGREEMENT_READ = "agreement:read"
    AGREEMENT_SHARE = "agreement:share"
    AUDIT_READ = "audit:read"
    CATALOGUE_APPROVE = "catalogue:approve"
    CATALOGUE_READ = "catalogue:read"
    CATALOGUE_UPLOAD = "catalogue:upload"
    DOCUMENT_POST = "document:post"
    INVOICE_APPROVE = "invoice:approve"
    INVOICE_HANDLE = "invoice:handle"
    INVOICE_READ = "invoice:read"
    INVOICE_SUBMIT = "invoice:submit"
    ITEM_SEARCH = "item:search"
    KEY_MANAGE = "key:manage"
    ORDER_APPROVE = "order:approve"
    ORDER_CREATE = "order:create"
    ORDER_IMPORT = "order:import"
    ORDER_IMPORT_OPEN = "order:import_open"
    ORDER_READ = "order:read"
    ORDER_RECEIVE = "order:receive"
    ORDER_SETUP = "order:setup"
    ORGANISATION_CREATE = "organisation:create"
    ORGANISATION_READ = "organisation:read"
    ORGANISATION_REORGANISE = "organisation:reorganise"
    POLICY_READ = "policy:read"
    POLICY_REPLAY = "policy:replay"
    POLICY_SET = "policy:set"
    POSTING_EXPORT = "posting:export"
    PROKURA_SET = "prokura:set"
    REQUISITION_CREATE = "requisition:create"
    REQUISITION_READ = "requisition:read"
    ROLE_GRANT = "role:grant"
    SETUP_READ = "setup:read"
    SUBSTITUTE_SET = "substitute:set"
    SUPPLIER_READ = "supplier:read"
    SUPPLIER_REGISTER = "supplier:register"
    TASK_READ = "task:read"
    USER_CREATE = "user:create"
    USER_READ = "user:read"


P = Permission

_EVERYBODY = {P.ORGANISATION_READ, P.SUPPLIER_READ, P.TASK_READ}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.CONTENT_MANAGER: frozenset(
        _EVERYBODY
        | {P.AGREEMENT_MANAGE, P.AGREEMENT_READ, P.AGREEMENT_SHARE, P.CATALOGUE_APPROVE, P.CATALOGUE_READ}
        | {P.ITEM_SEARCH, P.POLICY_READ, P.SUPPLIER_REGISTER, P.USER_READ}
    ),
    Role.REQUISITIONER: frozenset(_EVERYBODY | {P.ITEM_SEARCH, P.REQUISITION_CREATE}),
    Role.BUYER: frozenset(
        _EVERYBODY
        | {P.ITEM_SEARCH, P.ORDER_CREATE, P.ORDER_READ, P.POLICY_READ, P.REQUISITION_CREATE, P.REQUISITION_READ}
    ),
    Role.DISPONENT: frozenset(
        _EVERYBODY
        | {P.INVOICE_APPROVE, P.ITEM_SEARCH, P.ORDER_APPROVE, P.ORDER_READ, P.POLICY_READ, P.REQUISITION_READ}
    ),
    Role.RECEIVER: frozenset(_EVERYBODY | {P.ORDER_READ, P.ORDER_RECEIVE}),
    Role.INVOICE_HANDLER: frozenset(
        _EVERYBODY | {P.INVOICE_HANDLE, P.INVOICE_READ, P.INVOICE_SUBMIT, P.ORDER_READ, P.POLICY_READ}
    ),
    Role.INVOICE_APPROVER: frozenset(_EVERYBODY | {P.INVOICE_APPROVE, P.INVOICE_READ, P.ORDER_READ, P.POLICY_READ}),
    Role.LOCAL_ADMINISTRATOR: frozenset(
        _EVERYBODY
        | {P.ORGANISATION_CREATE, P.ORGANISATION_REORGANISE, P.POLICY_SET, P.PROKURA_SET, P.ROLE_GRANT, P.SETUP_READ}
        | {P.KEY_MANAGE, P.ORDER_IMPORT_OPEN, P.ORDER_SETUP, P.POLICY_READ, P.POLICY_REPLAY, P.SUBSTITUTE_SET}
        | {P.USER_CREATE, P.USER_READ}
    ),
    Role.AUDITOR: frozenset(
        _EVERYBODY
        | {P.AGREEMENT_READ, P.AUDIT_READ, P.CATALOGUE_READ, P.INVOICE_READ, P.ORDER_READ}
        | {P.POLICY_READ, P.REQUISITION_READ, P.SETUP_READ, P.USER_READ}
    ),
    Role.SUPPLIER: frozenset({P.CATALOGUE_UPLOAD, P.DOCUMENT_POST, P.KEY_MANAGE}),
    Role.INVOICE_SYSTEM: frozenset(
        {P.DOCUMENT_POST, P.INVOICE_READ, P.INVOICE_SUBMIT, P.ORDER_IMPORT, P.ORDER_IMPORT_OPEN, P.POSTING_EXPORT}
    ),
}


def roles_with(permission: Permission) -> frozenset[Role]:
    return frozenset(role for role, permissions in ROLE_PERMISSIONS.items() if permission in permissions)
