"""Taxes, allowances and charges, totals and exchange rates."""

from decimal import Decimal

from app.documents.amounts import AllowanceCharge, ExchangeRate, MonetaryTotal, TaxCategory, TaxSubtotal, TaxTotal
from app.kit.money import rounded
from app.oioubl import names
from app.oioubl.reading import Node
from app.oioubl.writing import Attributes, Page

_RATE_DECIMALS = 4


def read_tax_category(node: Node) -> TaxCategory:
    scheme = node.needed_part("TaxScheme")
    return TaxCategory(
        id=node.needed_text("ID", "F-LIB074"),
        percent=node.number("Percent"),
        scheme_id=scheme.needed_text("ID", "F-LIB065"),
        scheme_name=scheme.text("Name"),
        type_code=scheme.text("TaxTypeCode"),
    )


def write_tax_category(page: Page, category: TaxCategory) -> None:
    page.text("ID", category.id, names.tax_category(category.id))
    page.number("Percent", category.percent)
    scheme = page.part("TaxScheme")
    scheme.text("ID", category.scheme_id, names.tax_scheme(category.scheme_id))
    scheme.text("Name", category.scheme_name)
    scheme.text("TaxTypeCode", category.type_code, names.TAX_TYPE)


def read_tax_total(node: Node) -> TaxTotal:
    return TaxTotal(
        tax_amount=node.needed_amount("TaxAmount"),
        rounding_amount=node.amount("RoundingAmount"),
        subtotals=node.read_all("TaxSubtotal", _read_tax_subtotal),
    )


def write_tax_total(page: Page, total: TaxTotal) -> None:
    page.amount("TaxAmount", total.tax_amount, "F-LIB250")
    page.amount("RoundingAmount", total.rounding_amount, "F-LIB252")
    page.write_all("TaxSubtotal", _write_tax_subtotal, total.subtotals)


def _read_tax_subtotal(node: Node) -> TaxSubtotal:
    return TaxSubtotal(
        taxable_amount=node.needed_amount("TaxableAmount", "F-LIB261"),
        tax_amount=node.needed_amount("TaxAmount", "F-LIB263"),
        category=read_tax_category(node.needed_part("TaxCategory")),
    )


def _write_tax_subtotal(page: Page, subtotal: TaxSubtotal) -> None:
    page.amount("TaxableAmount", subtotal.taxable_amount, "F-LIB261")
    page.amount("TaxAmount", subtotal.tax_amount, "F-LIB263")
    page.write("TaxCategory", write_tax_category, subtotal.category)


def read_allowance_charge(node: Node) -> AllowanceCharge:
    return AllowanceCharge(
        charge_indicator=node.needed_flag("ChargeIndicator"),
        amount=node.needed_amount("Amount"),
        reason_code=node.text("AllowanceChargeReasonCode"),
        reason=node.text("AllowanceChargeReason"),
        base_amount=node.amount("BaseAmount"),
        multiplier_factor=node.number("MultiplierFactorNumeric"),
        accounting_cost=read_accounting_cost(node),
        tax_category=node.read("TaxCategory", read_tax_category),
    )


def write_allowance_charge(page: Page, charge: AllowanceCharge) -> None:
    _write_charge(page, charge, names.ALLOWANCE_CHARGE_REASON)


def write_reminder_charge(page: Page, charge: AllowanceCharge) -> None:
    """Write what a delay costs, whose reason comes from a list of its own, such as PenaltyFee (W-REM095)."""
    _write_charge(page, charge, names.REMINDER_CHARGE_REASON)


def _write_charge(page: Page, charge: AllowanceCharge, reason: Attributes) -> None:
    page.flag("ChargeIndicator", charge.charge_indicator)
    page.text("AllowanceChargeReasonCode", charge.reason_code, reason)
    page.text("AllowanceChargeReason", charge.reason)
    page.number("MultiplierFactorNumeric", charge.multiplier_factor)
    page.amount("Amount", charge.amount)
    page.amount("BaseAmount", charge.base_amount)
    page.text("AccountingCost", charge.accounting_cost)
    page.write("TaxCategory", write_tax_category, charge.tax_category)


def read_monetary_total(node: Node, rule_ids: tuple[str | None, str | None, str | None]) -> MonetaryTotal:
    """Totals; the rules want a LineExtensionAmount, its currency and the PayableAmount's currency."""
    lines, lines_currency, payable_currency = rule_ids
    return MonetaryTotal(
        line_extension_amount=node.needed_amount("LineExtensionAmount", lines, lines_currency),
        tax_exclusive_amount=node.amount("TaxExclusiveAmount"),
        tax_inclusive_amount=node.amount("TaxInclusiveAmount"),
        allowance_total_amount=node.amount("AllowanceTotalAmount"),
        charge_total_amount=node.amount("ChargeTotalAmount"),
        prepaid_amount=node.amount("PrepaidAmount"),
        payable_rounding_amount=node.amount("PayableRoundingAmount"),
        payable_amount=node.needed_amount("PayableAmount", None, payable_currency),
    )


def write_monetary_total(page: Page, total: MonetaryTotal) -> None:
    page.amount("LineExtensionAmount", total.line_extension_amount, "F-LIB307")
    page.amount("TaxExclusiveAmount", total.tax_exclusive_amount, "F-LIB307")
    page.amount("TaxInclusiveAmount", total.tax_inclusive_amount)
    page.amount("AllowanceTotalAmount", total.allowance_total_amount)
    page.amount("ChargeTotalAmount", total.charge_total_amount)
    page.amount("PrepaidAmount", total.prepaid_amount)
    page.amount("PayableRoundingAmount", total.payable_rounding_amount, "F-LIB304")
    page.amount("PayableAmount", total.payable_amount)


def read_exchange_rate(node: Node) -> ExchangeRate:
    operator = node.text("MathematicOperatorCode")
    return ExchangeRate(
        source_currency_code=node.needed_currency("SourceCurrencyCode", "F-LIB083"),
        target_currency_code=node.needed_currency("TargetCurrencyCode", "F-LIB084"),
        calculation_rate=node.number("CalculationRate"),
        mathematic_operator_code="multiply" if operator == "multiply" else "divide" if operator == "divide" else None,
    )


def write_exchange_rate(page: Page, rate: ExchangeRate) -> None:
    page.text("SourceCurrencyCode", rate.source_currency_code)
    page.text("TargetCurrencyCode", rate.target_currency_code)
    page.text("CalculationRate", _four_decimals(rate.calculation_rate))
    page.text("MathematicOperatorCode", rate.mathematic_operator_code)


def read_accounting_cost(node: Node) -> str | None:
    """The buyer's dimensions; OIOUBL lets them stand in either element, never in both (F-LIB021)."""
    return node.text("AccountingCost") or node.text("AccountingCostCode")


def _four_decimals(rate: Decimal | None) -> str | None:
    """A rate has exactly four decimals (F-LIB090)."""
    return None if rate is None else format(rounded(rate, _RATE_DECIMALS), "f")
