"""Steps of posting schemes: what an organisation posts by, and which values go together, imported as a sheet."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select

from app.kit.bulk import insert_many
from app.kit.cells import Misread, digits
from app.kit.db import write
from app.kit.errors import Conflict, Fault, Invalid
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.kit.sheets import Column, Row, Table, table_of
from app.kit.uploads import Upload
from app.kit.versions import require_version
from app.kit.workbooks import Heading
from app.orders import posting_queries as queries
from app.orders.posting_messages import CombinationOut, CombinationsOut, Dimension, PostingSchemeIn, PostingSchemeOut
from app.orders.posting_models import PostingCombination, PostingScheme
from app.orders.posting_queries import PostingSchemeNotFound
from app.orders.postings import LONGEST, RULE, Scheme, value_refusal, written
from app.organisations import queries as organisations
from app.organisations.access import Call, require
from app.organisations.models import Organisation
from app.organisations.permissions import Permission

MOST_FAULTS: Final = 1000


class NoCombinations(Conflict):
    """Nothing could be posted: combinations alone are allowed, and there are none."""


class CombinationsInTheWay(Conflict):
    """The imported combinations are of other dimensions, or of these in another order."""


class CombinationsNotFitting(Invalid):
    """Rows of the sheet are no combinations of the scheme; nothing was imported."""


def put_scheme(call: Call, organisation_id: UUID, body: PostingSchemeIn, if_match: str | None) -> PostingSchemeOut:
    """Give an organisation a scheme of its own, or another than it has.

    :raises NoCombinations: when combinations alone would be allowed, and none were imported.
    :raises CombinationsInTheWay: when the names or the order of the dimensions change beneath imported combinations.
    """
    organisation = _to_set_up(call, organisation_id)
    scheme = call.session.get(PostingScheme, organisation.id)
    if scheme is None:
        scheme = PostingScheme(organisation_id=organisation.id, dimensions=[])
    else:
        require_version(scheme, if_match)
    count = queries.count_combinations(call.session, organisation.id)
    names = [dimension.name for dimension in body.dimensions]
    if count and names != [dimension["name"] for dimension in scheme.dimensions]:
        raise CombinationsInTheWay(
            f"{count} combinations name the dimensions otherwise; import a sheet with a header alone, then change them"
        )
    if body.combinations_only and not count:
        raise NoCombinations("import combinations before allowing nothing else")
    scheme.dimensions = [dimension.model_dump(mode="json", exclude_none=True) for dimension in body.dimensions]
    scheme.combinations_only = body.combinations_only
    call.session.add(scheme)
    call.session.flush()
    _note(call, organisation, "posting_scheme.set", {"dimensions": str(len(names)), "version": str(scheme.version)})
    return _out(call, organisation.id, scheme)


def get_scheme(call: Call, organisation_id: UUID) -> PostingSchemeOut:
    """Give the scheme that holds at an organisation, and whose it is.

    :raises PostingSchemeNotFound: when neither it nor one above it has one.
    """
    organisation = organisations.organisation(call, organisation_id)
    scheme = queries.scheme_row(call.session, organisation.id)
    if scheme is None:
        raise PostingSchemeNotFound(f"{organisation.name} has no posting scheme, and none above it; every text passes")
    return _out(call, organisation.id, scheme)


def _to_set_up(call: Call, organisation_id: UUID) -> Organisation:
    """Find an organisation whose orders the actor sets up, and let one at a time do so."""
    organisation = organisations.organisation(call, organisation_id)
    require(call, Permission.ORDER_SETUP, organisation.id)
    locked = select(Organisation).where(Organisation.id == organisation.id).with_for_update(key_share=True)
    return call.session.exec(locked).one()


def _out(call: Call, organisation_id: UUID, scheme: PostingScheme) -> PostingSchemeOut:
    return PostingSchemeOut(
        organisation_id=organisation_id,
        set_at=scheme.organisation_id,
        set_at_name=call.session.get_one(Organisation, scheme.organisation_id).name,
        combinations=queries.count_combinations(call.session, scheme.organisation_id),
        **scheme.model_dump(exclude={"organisation_id"}),
    )


def import_combinations(call: Call, organisation_id: UUID, upload: Upload) -> CombinationsOut:
    """Replace the combinations of an organisation's own scheme by the rows of a sheet, all or none; its columns are the
    dimensions, by name or label. The first sheet of a workbook counts.

    :raises PostingSchemeNotFound: when the organisation has no scheme of its own.
    :raises CombinationsNotFitting: naming each cell or row that does not fit.
    :raises NoCombinations: for no rows at all, where combinations alone are allowed.
    """
    organisation = _to_set_up(call, organisation_id)
    row = call.session.get(PostingScheme, organisation.id)
    scheme = queries.scheme_of(row)
    if scheme is None:
        raise PostingSchemeNotFound(f"{organisation.name} has no posting scheme of its own; set one first")
    table = table_of(upload.sheets[0], [_column(dimension) for dimension in scheme.dimensions])
    keys = _keys(scheme, table)
    if table.faults:
        message = f"{len(table.faults)} cells or rows are at fault, and nothing was imported"
        raise CombinationsNotFitting(message, faults=table.faults[:MOST_FAULTS])
    if scheme.combinations_only and not keys:
        raise NoCombinations("combinations alone are allowed, so there have to be some")
    _replace(call, organisation, keys)
    _note(call, organisation, "posting_combinations.imported", {"count": str(len(keys)), "sha256": upload.sha256})
    return CombinationsOut(organisation_id=organisation.id, sha256=upload.sha256, combinations=len(keys))


def _column(dimension: Dimension) -> Column:
    heading = Heading(dimension.label)
    return Column(dimension.name, heading, (dimension.name,), dimension.required, _reader(dimension))


def _reader(dimension: Dimension) -> Callable[[str], str]:
    def read(text: str) -> str:
        refusal = value_refusal(dimension, text)
        if refusal is None:
            return text
        mended = digits(text)  # a spreadsheet program makes 2210.0 of 2210
        if value_refusal(dimension, mended) is not None:
            raise Misread(*refusal)
        return mended

    return read


def _keys(scheme: Scheme, table: Table) -> dict[str, Mapping[str, str]]:
    """Give the values of each row by their posting text; a row that cannot be kept is a fault of the table."""
    keys: dict[str, Mapping[str, str]] = {}
    rows_of: dict[str, int] = {}
    for row in table.rows:
        values = {one.name: row.cells[one.name] for one in scheme.dimensions if one.name in row.cells}
        key = written(values)
        table.faults.extend(_row_faults(table, row, key, rows_of))
        keys[key], rows_of[key] = values, rows_of.get(key, row.number)
    return keys


def _row_faults(table: Table, row: Row, key: str, rows_of: Mapping[str, int]) -> Iterator[Fault]:
    if key in rows_of:
        first = rows_of[key]
        told, told_da = f"this stands in row {first}, too", f"det samme står i række {first}"
        yield table.fault(row.number, None, told, told_da, RULE)
    if len(key) > LONGEST:
        told, told_da = f"a posting has {LONGEST} characters at most", f"en kontering har højst {LONGEST} tegn"
        yield table.fault(row.number, None, told, told_da, RULE)


def _replace(call: Call, organisation: Organisation, keys: Mapping[str, Mapping[str, str]]) -> None:
    write(
        call.session, delete(PostingCombination).where(col(PostingCombination.organisation_id) == organisation.id), {}
    )
    rows = [
        {"id": new_id(call.now), "organisation_id": organisation.id, "key": key, "dimensions": json.dumps(values)}
        for key, values in keys.items()
    ]
    insert_many(call.session, PostingCombination, rows)


def list_combinations(call: Call, organisation_id: UUID, wanted: PageQuery) -> Page[CombinationOut]:
    """Give the combinations of the scheme that holds at an organisation.

    :raises PostingSchemeNotFound: when there is none.
    """
    set_at = get_scheme(call, organisation_id).set_at
    return page(call.session, queries.combinations_of(set_at), PostingCombination, wanted, _combination_out)


def _combination_out(row: PostingCombination) -> CombinationOut:
    return CombinationOut(id=row.id, accounting_cost=row.key, dimensions=row.dimensions)


def _note(call: Call, organisation: Organisation, action: str, facts: Mapping[str, str]) -> None:
    call.audit(action, chain=organisation.root_id, entity="organisation", entity_id=organisation.id, facts=facts)
