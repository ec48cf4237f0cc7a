"""The official ids of the rules of arithmetic, by document type: OIOUBL numbers the same sum anew in each."""

from dataclasses import dataclass
from typing import Final

from app.documents.amounts import ExchangeRate
from app.documents.price import Price
from app.kit.money import Quantity

LineAmountIds = tuple[str, str, str, str, str]
"""The ids for a price by base quantity, the same with a factor, by factor, bare, and bare with a factor."""


@dataclass(frozen=True, slots=True)
class LineRules:
    """A line's rules; the amount's go by the form of the price and by what the exchange rate does, if there is one."""

    zero_quantity: str
    plain: LineAmountIds
    multiply: LineAmountIds | None = None
    divide: LineAmountIds | None = None

    def line_amount(self, quantity: Quantity, price: Price, rate: ExchangeRate | None) -> str:
        ids = None
        if rate is not None:
            ids = self.multiply if rate.mathematic_operator_code == "multiply" else self.divide
        with_factor = price.orderable_unit_factor_rate is not None
        if price.base_quantity is None:
            form = 3 + with_factor
        else:
            form = 0 + with_factor if price.base_quantity.unit_code == quantity.unit_code else 2
        return (ids or self.plain)[form]


@dataclass(frozen=True, slots=True)
class TotalRules:
    """The rules of the totals; those with two ids say that the total must be there, and what it must equal."""

    tax: str
    tax_inclusive: str
    allowances: tuple[str, str]
    charges: tuple[str, str]
    rounding: tuple[str, str]
    payable: str
    most_rounding: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentRules:
    """What speaks of one document type: of a line, of the sum of the lines, and of the totals."""

    line: LineRules
    lines: str
    total: TotalRules


ORDER: Final = DocumentRules(
    LineRules("F-ORD135", ("F-ORD255", "F-ORD255", "F-ORD246", "F-ORD245", "F-ORD245")),
    "F-ORD116",
    TotalRules(
        tax="F-ORD117",
        tax_inclusive="F-ORD118",
        allowances=("F-ORD112", "F-ORD119"),
        charges=("F-ORD113", "F-ORD120"),
        rounding=("F-ORD115", "F-ORD122"),
        payable="F-ORD123",
    ),
)
ORDER_CHANGE: Final = DocumentRules(
    LineRules("F-OCH137", ("F-OCH140", "F-OCH179", "F-OCH179", "F-OCH140", "F-OCH179")),
    "F-OCH066",
    TotalRules(
        tax="F-OCH067",
        tax_inclusive="F-OCH068",
        allowances=("F-OCH062", "F-OCH069"),
        charges=("F-OCH063", "F-OCH070"),
        rounding=("F-OCH065", "F-OCH072"),
        payable="F-OCH073",
    ),
)
ORDER_RESPONSE: Final = DocumentRules(
    LineRules("F-ORE087", ("F-ORE090", "F-ORE143", "F-ORE143", "F-ORE090", "F-ORE143")),
    "F-ORE069",
    TotalRules(
        tax="F-ORE070",
        tax_inclusive="F-ORE071",
        allowances=("F-ORE065", "F-ORE072"),
        charges=("F-ORE066", "F-ORE073"),
        rounding=("F-ORE068", "F-ORE075"),
        payable="F-ORE076",
    ),
)
INVOICE: Final = DocumentRules(
    LineRules(
        "F-INV147",
        plain=("F-INV340", "F-INV340", "F-INV323", "F-INV346", "F-INV346"),
        multiply=("F-INV343", "F-INV347", "F-INV328", "F-INV326", "F-INV348"),
        divide=("F-INV345", "F-INV349", "F-INV329", "F-INV327", "F-INV350"),
    ),
    "F-INV126",
    TotalRules(
        tax="F-INV127",
        tax_inclusive="F-INV128",
        allowances=("F-INV122", "F-INV129"),
        charges=("F-INV123", "F-INV130"),
        rounding=("F-INV125", "F-INV132"),
        payable="F-INV133",
        most_rounding="F-INV338",
    ),
)
CREDIT_NOTE: Final = DocumentRules(
    LineRules(
        "F-CRN088",
        plain=("F-CRN210", "F-CRN210", "F-CRN194", "F-CRN216", "F-CRN216"),
        multiply=("F-CRN213", "F-CRN217", "F-CRN200", "F-CRN198", "F-CRN218"),
        divide=("F-CRN215", "F-CRN219", "F-CRN201", "F-CRN199", "F-CRN220"),
    ),
    "F-CRN072",
    TotalRules(
        tax="F-CRN073",
        tax_inclusive="F-CRN074",
        allowances=("F-CRN068", "F-CRN075"),
        charges=("F-CRN069", "F-CRN076"),
        rounding=("F-CRN071", "F-CRN078"),
        payable="F-CRN079",
        most_rounding="F-CRN208",
    ),
)
REMINDER: Final = TotalRules(
    tax="F-REM079",
    tax_inclusive="F-REM080",
    allowances=("F-REM074", "F-REM081"),
    charges=("F-REM075", "F-REM082"),
    rounding=("F-REM077", "F-REM084"),
    payable="F-REM085",
)
"""No rule speaks of the sum of the lines: official reminders show an invoice with its tax on the line, which the totals
then hold apart.
"""
