"""The noise classes: what a block of events is about, and how often."""

from collections.abc import Callable, Iterator, Mapping

from bench.matchbench import crediting, harmful, harmless
from bench.matchbench.making import Maker
from bench.matchbench.world import Event

Block = Callable[[Maker], Iterator[Event]]

BLOCKS: Mapping[Block, int] = {
    harmless.plain: 220,
    harmless.partial: 80,
    harmless.packs: 50,
    harmless.freight_agreed: 25,
    harmless.freight_within: 30,
    harmless.small_error: 35,
    harmless.favour: 25,
    harmless.several_orders: 40,
    harmless.same_article: 110,
    harmless.same_article_other_price: 20,
    harmless.split_lines: 25,
    harmful.offsetting_within: 35,
    harmful.offsetting: 40,
    harmful.price_over: 30,
    harmful.swapped_article: 20,
    harmful.swapped_references: 8,
    harmful.quantity_over: 20,
    harmful.billed_again: 10,
    harmful.awaited: 30,
    harmful.awaited_in_turn: 8,
    harmful.one_person: 15,
    harmful.freight_over: 15,
    harmful.freight_again: 12,
    harmful.interest: 5,
    harmful.duplicate: 20,
    harmful.possible_duplicate: 8,
    harmful.no_order_number: 20,
    harmful.unknown_order: 10,
    harmful.other_supplier: 10,
    harmful.other_currency: 5,
    harmful.odd_tax: 3,
    harmful.wrong_total: 5,
    harmful.other_unit: 10,
    harmful.nameless: 5,
    crediting.expected: 15,
    crediting.unexpected: 10,
    crediting.too_much: 5,
    crediting.other_price: 4,
    crediting.unreferenced: 4,
}
"""Each kind of block with its weight; a block has one to three invoices, and several classes may fit each."""
