import { featureNotSupported } from "../../errors/index.js";
import { comparable, trimBlanks } from "../../functions/index.js";
import type { OrderItem } from "../../parser/index.js";
import type { Expression, SortKey } from "../../plan/index.js";

/** ORDER BY of a value: char(n) sorts by what it means, without its padding. */
export function sortKey(value: Expression, item: OrderItem): SortKey {
  const descending = isDescending(item);
  const nullsFirst = item.nulls === "default" ? descending : item.nulls === "first";
  const expression = value.type.name === "bpchar" ? trimBlanks(value) : comparable(value);
  return { expression, descending, nullsFirst };
}

function isDescending(item: OrderItem): boolean {
  if (item.direction !== "using") return item.direction === "desc";
  const name = item.using?.name;
  if (name !== "<" && name !== ">") {
    throw featureNotSupported(`operator ${name ?? ""} is not an ordering`, item.position);
  }
  return name === ">";
}
