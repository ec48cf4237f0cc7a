"""The cheapest way to lay supplies on capacities, exact to the last figure, and what the next best would cost more."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

Arc = tuple[int, int]
"""A supply and a capacity, each by its index."""

ZERO = Decimal(0)
END = -1
"""The node behind every capacity."""


class Flow:
    """The cheapest of the largest flows, by successive shortest paths; `costs` are of one unit along each arc.

    A supply is a node 0, 1, …, the capacity j is the node `len(supplies) + j`.
    """

    def __init__(self, supplies: Sequence[Decimal], capacities: Sequence[Decimal], costs: Mapping[Arc, int]) -> None:
        self.supplies, self.capacities, self.costs = list(supplies), list(capacities), dict(costs)
        self.amounts: dict[Arc, Decimal] = {}
        self.forward: list[list[int]] = [[] for _ in supplies]
        for source, place in sorted(self.costs):
            self.forward[source].append(place)
        while self._augment():
            pass

    @property
    def cost(self) -> Decimal:
        return sum((amount * self.costs[arc] for arc, amount in self.amounts.items()), ZERO)

    def margin(self, source: int) -> int | None:
        """Give what the next best flow that lays this supply otherwise costs more, for one unit; None if none does."""
        used = [arc for arc in self.amounts if arc[0] == source]
        margins = (self._detour(arc) for arc in used)
        return min((margin for margin in margins if margin is not None), default=None)

    def _place(self, capacity: int) -> int:
        return len(self.supplies) + capacity

    def _augment(self) -> bool:
        """Send as much as fits along the shortest path from what is left of the supplies to what is left beyond."""
        starts = [source for source, left in enumerate(self.supplies) if left > 0]
        distances, before = self._distances(starts, without=None)
        if END not in distances:
            return False
        path = [END]
        while path[-1] in before:
            path.append(before[path[-1]])
        path.reverse()
        steps = list(pairwise(path))
        last = path[-2] - len(self.supplies)
        backward = [self.amounts[self._arc(two, one)] for one, two in steps[:-1] if one > two]
        amount = min(self.supplies[path[0]], self.capacities[last], *backward)
        self.supplies[path[0]] -= amount
        self.capacities[last] -= amount
        for one, two in steps[:-1]:
            self._add(self._arc(min(one, two), max(one, two)), amount if one < two else -amount)
        return True

    def _arc(self, source: int, node: int) -> Arc:
        return source, node - len(self.supplies)

    def _add(self, arc: Arc, amount: Decimal) -> None:
        self.amounts[arc] = self.amounts.get(arc, ZERO) + amount
        if not self.amounts[arc]:
            del self.amounts[arc]

    def _detour(self, arc: Arc) -> int | None:
        source, place = arc
        distances, _ = self._distances([source], without=arc)
        length = distances.get(self._place(place))
        return None if length is None else length - self.costs[arc]

    def _distances(self, starts: Sequence[int], without: Arc | None) -> tuple[dict[int, int], dict[int, int]]:
        """Give the shortest way from some supplies to every node, and the node before each on that way.

        Ways back have negative costs, so nodes are looked at again until nothing gets shorter.
        """
        distances: dict[int, int] = dict.fromkeys(starts, 0)
        before: dict[int, int] = {}
        waiting = deque(starts)
        incoming = self._incoming()
        while waiting:
            node = waiting.popleft()
            for neighbour, cost in self._steps(node, incoming, without):
                length = distances[node] + cost
                if neighbour not in distances or length < distances[neighbour]:
                    distances[neighbour], before[neighbour] = length, node
                    if neighbour not in waiting:
                        waiting.append(neighbour)
        return distances, before

    def _incoming(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for source, place in sorted(self.amounts):
            found.setdefault(self._place(place), []).append(source)
        return found

    def _steps(
        self, node: int, incoming: Mapping[int, Sequence[int]], without: Arc | None
    ) -> Iterator[tuple[int, int]]:
        """Give the neighbours of a node, each with the cost of going there."""
        if node == END:
            yield from ((place, 0) for place in incoming)
        elif node < len(self.supplies):
            for place in self.forward[node]:
                if (node, place) != without:
                    yield self._place(place), self.costs[node, place]
        else:
            place = node - len(self.supplies)
            yield from ((source, -self.costs[source, place]) for source in incoming.get(node, ()))
            if self.capacities[place] > 0:
                yield END, 0
