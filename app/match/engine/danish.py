"""What each code says in Danish."""

MESSAGES: dict[str, str] = {
    "INVOICE_IS_NEW": "Intet tidligere dokument fra leverandøren ligner dette.",
    "DUPLICATE": "Nummer {actual} er brugt før, den {expected}.",
    "POSSIBLE_DUPLICATE": "Ligner {expected}: {actual}.",
    "SUPPLIER_NOT_BLOCKED": "Leverandøren er ikke spærret.",
    "SUPPLIER_BLOCKED": "Leverandøren er spærret; en person afgør, hvad der betales.",
    "PAYEE_AGREES": "Betalingsmodtageren er kendt.",
    "PAYEE_FIRST": "Det er den første konto, der kendes for leverandøren: {actual}.",
    "PAYEE_CHANGED": "Fakturaen skal betales til {actual}; leverandørens godkendte fakturaer er betalt til {expected}.",
    "FACTORING": "{actual} skal betales i stedet for leverandøren ({expected}), og blev det ikke før.",
    "PAYMENT_ID_AGREES": "Intet indbetalingskort har et betalings-id, der ikke kan være rigtigt.",
    "PAYMENT_ID_WRONG": (
        "Indbetalingskortets betalings-id kan ikke være rigtigt: {actual} er for langt, eller kontrolcifret er galt."
    ),
    "TYPE_ACCEPTED": "Dokumenttypen kan behandles.",
    "INVOICE_TYPE": "Fakturatype {actual} betales ikke mod en ordre.",
    "PREPAYMENT_NOT_AGREED": "Fakturaen er a conto (type {actual}), og der er ikke aftalt forudbetaling: {expected}.",
    "TOTALS_AGREE": "Delene giver beløbet til betaling, {actual} {unit}.",
    "TOTALS_DISAGREE": "Beløbet til betaling er {actual} {unit}; delene giver {expected} {unit}.",
    "ROUNDING_IGNORED": "Beløbet til betaling er afrundet med {actual} {unit}; op til {limit} ses der bort fra.",
    "ROUNDING_TOO_LARGE": "Beløbet til betaling er afrundet med {actual} {unit}; højst {limit} tåles ({source}).",
    "TAX_PLAUSIBLE": "Momsen følger af satserne.",
    "TAX_IMPLAUSIBLE": "Momsen er ikke sandsynlig: {actual}, ventet {expected}.",
    "TAX_LEFT_OUT": "Fakturaen har en moms på {actual} {unit}, men linjernes satser giver {expected}.",
    "ORDER_FOUND": "Ordre {order} er fundet.",
    "NO_ORDER_REF": "Fakturaen nævner ingen ordre.",
    "ORDER_UNKNOWN": "Ingen ordre har nummer {actual}.",
    "MANDATORY_AGREEMENT": (
        "Aftale {expected} med leverandøren kræver e-ordrer; der er købt uden, eller ordrenummeret mangler."
    ),
    "CREDIT_WITHOUT_REFERENCE": "Kreditnotaen nævner ingen kendt faktura eller ordre.",
    "SUPPLIER_AGREES": "Ordre {order} er afgivet til leverandøren.",
    "SUPPLIER_MISMATCH": "Ordre {order} er afgivet til {expected}; fakturaen er fra {actual}.",
    "BUYER_AGREES": "Ordre {order} er køberens.",
    "BUYER_MISMATCH": "Ordre {order} tilhører {expected}; fakturaen er til {actual}.",
    "CURRENCY_AGREES": "Faktura og ordre {order} er i {actual}.",
    "CURRENCY": "Ordre {order} er i {expected}, fakturaen i {actual}.",
    "ORDER_OPEN": "Ordre {order} er åben.",
    "ORDER_STATE": "Ordre {order} er {actual}.",
    "ORDER_NOT_SENT": "Ordre {order} er ikke sendt, den er {actual}.",
    "TWO_PERSONS": "Personreglen {expected} er opfyldt for ordre {order} ({source}).",
    "ONE_PERSON": "Personreglen {expected} er ikke opfyldt for ordre {order}, set af {actual} ({source}).",
    "EXTERNAL_APPROVAL_MISSING": "Ordre {order} er afgivet et andet sted uden en godkendelse, der er tillid til.",
    "LINE_PAIRED": "Linje {line} fakturerer linje {order_line} på ordre {order}, fundet ved {actual}.",
    "LINE_UNKNOWN": "Linje {line} ({actual}) står ikke på ordren.",
    "LINE_AMBIGUOUS": "Linje {line} kan høre til flere ordrelinjer: {expected}.",
    "PAIRING_MARGIN": (
        "Linje {line} kunne høre til {expected}; den fakturerer {order_line}, "
        "og den næstbedste koster {amount} {unit} mere pr. enhed."
    ),
    "LINES_INTERCHANGEABLE": "Linje {line} fakturerer {expected}, som har én pris; det åbne af dem fyldes.",
    "PAIRED_BY_LIKENESS": (
        "Linje {line} ({actual}) ligner mest linje {order_line} på ordre {order} ({expected}), "
        "med {amount} af 1000 point mere end noget andet."
    ),
    "MATCHED_BY_HEAD": "Linje {line} er alt, hvad der er modtaget og ikke faktureret af {expected}: {amount} {unit}.",
    "LINE_REFERENCE_UNKNOWN": "Linje {line} nævner ordrelinje {actual}, som ikke findes; varen er linje {order_line}.",
    "REFERENCE_CONTRADICTS_ITEM": "Linje {line} nævner ordrelinje {order_line} ({expected}), men fakturerer {actual}.",
    "LINE_FREE": "Linje {line} er gratis.",
    "LINE_POSITIVE": "Linje {line} har et antal og et beløb, der kan faktureres.",
    "LINE_NOT_POSITIVE": "Linje {line} har antal {actual} {unit} og beløb {amount}.",
    "UNIT_AGREES": "Linje {line} er i {actual}, som ordren i {expected}.",
    "UNIT_MISMATCH": "Linje {line} er i {actual}; ordrelinje {order_line} er i {expected}.",
    "ARITHMETIC_AGREES": "Pris gange antal på linje {line} er {actual} {unit}.",
    "LINE_ROUNDING": "Linje {line} fakturerer {actual} {unit}; pris gange antal er {expected}.",
    "LINE_ARITHMETIC": "Linje {line} fakturerer {actual} {unit}, men pris gange antal er {expected}.",
    "PRICE_AGREES": "Linje {line} har ordrens pris, {expected} {unit}.",
    "PRICE_WITHIN_TOLERANCE": (
        "Linje {line} koster {actual}, hvor ordren siger {expected} {unit}: {amount} i alt, "
        "inden for {limit} ({source})."
    ),
    "PRICE_BELOW": "Linje {line} koster {actual}, hvor ordren siger {expected} {unit}: {amount} i alt.",
    "PRICE_BELOW_CHECK": "Linje {line} koster {actual}, hvor ordren siger {expected} {unit}; {source} vil se det.",
    "PRICE_OVER": (
        "Linje {line} koster {actual}, hvor ordren siger {expected} {unit}: {amount} i alt, "
        "mere end {limit} ({source})."
    ),
    "PRICE_BRACKET_MISSED": (
        "Ordre {order} tager {actual} af varen på ordrelinje {order_line}, og fra {limit} koster den {expected} {unit} "
        "i rammeaftalen: der faktureres {amount} for meget."
    ),
    "ORDERED_ABOVE_AGREEMENT": (
        "Ordrelinje {order_line} af {order} blev aftalt til {actual}, hvor rammeaftalen siger {expected} {unit}: "
        "der faktureres {amount} mere."
    ),
    "QTY_WITHIN_ORDER": "Linje {line} fakturerer {actual} {unit} af {expected}, der er bestilt og ikke faktureret.",
    "QTY_OVER_ORDER": "Linje {line} fakturerer {actual} {unit}; {expected} er bestilt og ikke faktureret.",
    "AMOUNT_WITHIN_ORDER": "Linje {line} fakturerer {actual} {unit} af {expected}, der er bestilt og ikke faktureret.",
    "AMOUNT_WITHIN_TOLERANCE": (
        "Linje {line} fakturerer {actual} {unit}, hvor {expected} er tilbage på ordren: {amount} over, "
        "inden for {limit} ({source})."
    ),
    "AMOUNT_OVER_ORDER": (
        "Linje {line} fakturerer {actual} {unit}, hvor {expected} er tilbage på ordren: {amount} over, "
        "mere end {limit} ({source})."
    ),
    "RECEIVED": "Det, linje {line} fakturerer, er modtaget ({actual} af {expected} {unit}).",
    "PREPAID": "Linje {line} fakturerer {actual} {unit} af en forudbetalt ordre; {amount} af det er ikke kommet endnu.",
    "RECEIPT_MISSING": "Linje {line} fakturerer {actual} {unit}; {expected} modtaget er ufaktureret, {amount} mangler.",
    "CHARGE_EXPECTED": "{actual}: {amount} {unit}, som aftalt.",
    "CHARGE_WITHIN_CAP": "{actual}: {amount} {unit} mere end aftalt ({expected}), under loftet på {limit} ({source}).",
    "CHARGE_NOT_ALLOWED": "{actual}: {amount} {unit} mere end aftalt ({expected}); loftet er {limit} ({source}).",
    "DISCOUNT": "{actual}: {amount} {unit} trukket fra.",
    "TOTAL_AGREES": "Intet er faktureret ud over ordre {order}.",
    "TOTAL_WITHIN_TOLERANCE": (
        "Ordre {order}: {actual} {unit} over, {expected} brugt før, inden for {limit} ({source})."
    ),
    "TOTAL_OVER": "Ordre {order}: {actual} {unit} over, {expected} brugt før, mere end {limit} ({source}).",
    "FAVOUR_NOT_USED": "Ordre {order}: lavere priser på {actual} {unit} betalte ikke for de {amount} over.",
    "STANDING_RUNS": "Stående ordre {order}, reference {actual}, løber.",
    "STANDING_HALTED": "Stående ordre {order} er {actual}; fakturaen går den almindelige vej.",
    "STANDING_NO_PERIOD": "Stående ordre {order} har ingen periode til denne faktura af {actual}.",
    "STANDING_PERIOD": "Fakturaen er for {actual} på stående ordre {order}, som ingen anden har.",
    "STANDING_PERIOD_USED": "Perioden {actual} på stående ordre {order} har allerede faktura {expected}.",
    "STANDING_EARLY": "Fakturaen er udstedt {actual}, før {expected}, hvor den tidligst må komme.",
    "STANDING_AMOUNT_AGREES": "{actual} {unit} af {expected}, som perioderne på ordre {order} venter.",
    "STANDING_WITHIN_TOLERANCE": (
        "{actual} {unit}, hvor perioderne på ordre {order} venter {expected}: {amount} over, "
        "inden for {limit} ({source})."
    ),
    "STANDING_INDEX_USED": (
        "{actual} {unit}, hvor perioderne på ordre {order} venter {expected}: {amount} over, "
        "inden for {limit} ({source}), én gang i år; nye vilkår bør følge."
    ),
    "STANDING_AMOUNT_OVER": (
        "{actual} {unit}, hvor perioderne på ordre {order} venter {expected}: {amount} over, "
        "mere end {limit} ({source})."
    ),
    "BELOW_EXPECTED": "{actual} {unit}, hvor perioderne på ordre {order} venter mindst {expected}.",
    "STANDING_WITHIN_CAPS": "{actual} {unit} er under alle lofter på ordre {order}.",
    "STANDING_INVOICE_CAP": "{actual} {unit}, hvor én faktura på ordre {order} højst er {limit}.",
    "STANDING_PERIOD_CAP": "{actual} {unit} i alt, hvor perioderne på ordre {order} højst er {limit}.",
    "STANDING_TOTAL_CAP": "{actual} {unit} i alt, hvor alle fakturaer på ordre {order} højst er {limit}.",
    "STANDING_COMMITMENT": "{actual} {unit} i alt, hvor {limit} er godkendt for ordre {order}.",
    "STANDING_SPACED": "Der er mindst {limit} dage mellem fakturaer på ordre {order}.",
    "STANDING_TOO_SOON": "Udstedt {actual}, mindre end {limit} dage fra en anden af {expected} på ordre {order}.",
    "STANDING_SUGGESTED": "{actual} {unit} passer til stående ordre {order} (reference {expected}); en person afgør.",
    "CREDIT_WITHIN_INVOICED": "Linje {line} krediterer {actual} {unit} af {expected} faktureret.",
    "CREDIT_OVER_INVOICED": "Linje {line} krediterer {actual} {unit}; {expected} er faktureret.",
    "CREDIT_PRICE_AGREES": "Linje {line} krediterer {actual} {unit}, som faktureret.",
    "CREDIT_PRICE": "Linje {line} krediterer {actual} {unit}; faktureret for det er {expected}.",
    "CREDIT_AS_EXPECTED": "Krediteringen af linje {line} var ventet ({actual} af {expected} {unit}).",
    "CREDIT_NOT_EXPECTED": "Krediteringen af linje {line} ({actual} {unit}) var ikke ventet; {expected} var.",
    "CREDIT_CHARGE": "{actual}: {amount} {unit} krediteret.",
    "CREDIT_REDUCED": "{actual}: {amount} {unit} holdt tilbage fra krediteringen.",
}

PASSES: dict[str, str] = {
    "SUPPLIER_BLOCKED": "går igennem, når leverandøren er {passes_at}",
    "PAYEE_CHANGED": "går igennem, hvis den betales til {passes_at}, eller når en faktura med kontoen er godkendt",
    "PAYMENT_ID_WRONG": "går igennem, hvis leverandøren sender den igen med {passes_at}",
    "TOTALS_DISAGREE": "går igennem, hvis beløbet til betaling er {passes_at} {unit}",
    "ROUNDING_TOO_LARGE": "går igennem, hvis afrundingen højst er {passes_at} {unit}",
    "TAX_LEFT_OUT": "går igennem, hvis momsen er {passes_at} {unit}",
    "MANDATORY_AGREEMENT": "går igennem, hvis den nævner en ordre på aftale {passes_at}",
    "SUPPLIER_MISMATCH": "går igennem, hvis fakturaen er fra {passes_at}",
    "BUYER_MISMATCH": "går igennem, hvis fakturaen er til {passes_at}",
    "PREPAYMENT_NOT_AGREED": "går igennem, hvis hver ordre, den nævner, er {passes_at}",
    "CURRENCY": "går igennem, hvis fakturaen er i {passes_at}",
    "ORDER_STATE": "går igennem, hvis ordren er {passes_at}",
    "ORDER_NOT_SENT": "går igennem, hvis ordren er {passes_at}",
    "ONE_PERSON": "går igennem, hvis {passes_at} har godkendt",
    "EXTERNAL_APPROVAL_MISSING": "går igennem, hvis organisationen stoler på det afgivende systems godkendelse",
    "REFERENCE_CONTRADICTS_ITEM": "går igennem, hvis linjen fakturerer {passes_at}",
    "LINE_AMBIGUOUS": "går igennem, hvis linjen nævner en af dem",
    "PAIRED_BY_LIKENESS": "går igennem, hvis linjen nævner ordrelinje {passes_at}",
    "UNIT_MISMATCH": "går igennem, hvis linjen er i {passes_at}",
    "LINE_ARITHMETIC": "går igennem, hvis linjens beløb er {passes_at} {unit}",
    "PRICE_OVER": "går igennem, hvis enhedsprisen højst er {passes_at} {unit}",
    "PRICE_BELOW_CHECK": "går igennem, hvis enhedsprisen er {passes_at} {unit}",
    "PRICE_BRACKET_MISSED": "bliver {passes_at} {unit} til den pris",
    "QTY_OVER_ORDER": "går igennem, hvis der højst faktureres {passes_at} {unit}",
    "AMOUNT_OVER_ORDER": "går igennem, hvis der højst faktureres {passes_at} {unit}",
    "RECEIPT_MISSING": "går igennem, når der er modtaget {passes_at} {unit} mere",
    "CHARGE_NOT_ALLOWED": "går igennem, hvis uventede gebyrer tilsammen højst er {passes_at} {unit}",
    "TOTAL_OVER": "går igennem, hvis der højst er {passes_at} {unit} over ordren",
    "STANDING_EARLY": "går igennem, hvis den er udstedt {passes_at} eller senere",
    "STANDING_AMOUNT_OVER": "går igennem, hvis den højst er på {passes_at} {unit}",
    "STANDING_INVOICE_CAP": "går igennem, hvis den højst er på {passes_at} {unit}",
    "STANDING_PERIOD_CAP": "går igennem, hvis den højst er på {passes_at} {unit}",
    "STANDING_TOTAL_CAP": "går igennem, hvis den højst er på {passes_at} {unit}",
    "STANDING_COMMITMENT": "går igennem, hvis den højst er på {passes_at} {unit}, eller når nye vilkår er godkendt",
    "CREDIT_OVER_INVOICED": "går igennem, hvis der højst krediteres {passes_at} {unit}",
    "CREDIT_PRICE": "går igennem, hvis linjens beløb er {passes_at} {unit}",
    "CREDIT_NOT_EXPECTED": "går igennem, når {passes_at} {unit} mere er sendt retur",
    "CREDIT_REDUCED": "går igennem, hvis intet holdes tilbage",
}

WORDS: dict[str, str] = {
    "REFERENCE": "ordrelinjereferencen",
    "BILLING_REFERENCE": "den fakturalinje, den krediterer",
    "SELLER_ITEM": "leverandørens varenummer",
    "GTIN": "GTIN",
    "BUYER_ITEM": "køberens varenummer",
    "AMOUNT_POOL": "ordrens beløb",
    "LIKENESS": "ligheden",
    "HEAD": "summen af det modtagne",
    "FREIGHT": "Fragt",
    "PACKING": "Emballage",
    "FEE": "Gebyr",
    "INTEREST": "Rente eller rykkergebyr",
    "OTHER": "Tillæg",
    "NO_TOLERANCE": "ingen tolerance er sat",
    "NO_CAP": "intet fragtloft er sat",
    "SERVICE_DEFAULT": "tjenestens standard",
    "ANOTHER_PERSON": "en anden person",
    "CHECK_DIGIT": "et betalings-id med rigtigt kontrolciffer",
    "NOT_BLOCKED": "frigivet",
    "PREPAYMENT": "en tekstordre med forudbetaling",
    "SAME_AMOUNT_AND_DATE": "samme beløb og dato, andet nummer",
    "SAME_NUMBER_ELSEWHERE": "samme nummer, andet år eller anden køber",
    "ALLOWANCE": "Fradrag",
    "STANDING_TERMS": "ordrens vilkår",
    "STANDING_INDEX": "vilkårenes tolerance og indekstillæg",
    "SUSPENDED": "sat i bero",
    "AGREEMENT_OVER": "på en aftale, der er ophørt",
    "DRAFT": "kladde",
    "PENDING_APPROVAL": "til godkendelse",
    "APPROVED": "godkendt",
    "SEND_FAILED": "ikke leveret",
    "SENT": "sendt",
    "CLOSED": "lukket",
    "CLOSED_SHORT": "lukket før tid",
    "CANCELLED": "annulleret",
    "REJECTED": "afvist",
}
