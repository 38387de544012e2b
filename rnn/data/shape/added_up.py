"""Receipts of many series as one: rows add up, and what was found in several is said once."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from ..findings import SHOWN, Finding, Receipt
from ..repair.record import Repair, RepairReceipt


def with_left_out(receipt: Receipt, reasons: Sequence[tuple[str, int]], findings: Sequence[Finding] = ()) -> Receipt:
    """The receipt with further rows of the file that were left out, by reason; `findings` come first."""
    more = [(reason, count) for reason, count in reasons if count]
    count = sum(count for _, count in more)
    return dataclasses.replace(
        receipt,
        rows=receipt.rows + count,
        left_out=receipt.left_out + count,
        reasons=(*receipt.reasons, *more),
        findings=(*findings, *receipt.findings),
    )


def added_up(receipts: Mapping[str, Receipt]) -> Receipt:
    """One receipt for all the series: whole numbers are sums, reasons and findings of a kind are one each."""
    ones = list(receipts.values())
    sums = {
        field.name: sum(getattr(one, field.name) for one in ones)
        for field in dataclasses.fields(Receipt)
        if isinstance(getattr(ones[0], field.name), int)
    }
    reasons: dict[str, int] = {}
    for one in ones:
        for reason, count in one.reasons:
            reasons[reason] = reasons.get(reason, 0) + count
    other: dict[str, Any] = {"reasons": tuple(reasons.items()), "findings": _findings(receipts)}
    return dataclasses.replace(ones[0], **sums, **other, repairs=_repairs(receipts))


def _findings(receipts: Mapping[str, Receipt]) -> tuple[Finding, ...]:
    groups: dict[tuple[str, str | None], list[tuple[str, Finding]]] = {}
    for name, receipt in receipts.items():
        for one in receipt.findings:
            groups.setdefault((one.kind, one.column), []).append((name, one))
    result = []
    for (kind, column), found in groups.items():
        rows = tuple(row for _, one in found for row in one.rows)[:SHOWN]
        message = _said(found[0][0], [one.message for _, one in found], len(receipts))
        result.append(Finding(kind, sum(one.count for _, one in found), rows, column, message))
    return tuple(result)


def _repairs(receipts: Mapping[str, Receipt]) -> tuple[RepairReceipt, ...]:
    """What a repair did in all series: its whole numbers are sums."""
    groups: dict[tuple[Repair, bool], list[tuple[str, RepairReceipt]]] = {}
    for name, receipt in receipts.items():
        for one in receipt.repairs:
            groups.setdefault((one.repair, one.default), []).append((name, one))
    result = []
    for found in groups.values():
        first = found[0][1]
        sums = {
            field.name: sum(getattr(one, field.name) for _, one in found)
            for field in dataclasses.fields(first)
            if isinstance(getattr(first, field.name), int) and field.name != "default"
        }
        rows = tuple(row for _, one in found for row in one.rows)[:SHOWN]
        sentence = _said(found[0][0], [one.sentence for _, one in found], len(receipts))
        result.append(dataclasses.replace(first, **sums, rows=rows, sentence=sentence))
    return tuple(result)


def _said(name: str, messages: Sequence[str], of: int) -> str:
    if len(messages) == 1:
        return f"In {name!r}: {messages[0]}"
    return f"In {len(messages):,} of {of:,} series; in {name!r}, for example: {messages[0]}"
