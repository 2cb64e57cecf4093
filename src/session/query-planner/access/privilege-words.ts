import { ALL_PRIVILEGES, PRIVILEGE, type AclKind } from "../../../catalog/index.js";
import { unknownPrivilege, wrongPrivilege } from "../../../errors/index.js";
import type { PrivilegeClause } from "../../../parser/index.js";

const WORDS: Readonly<Record<string, number>> = { ...PRIVILEGE, temp: PRIVILEGE.temporary };

const OBJECTS: Readonly<Record<AclKind, string>> = {
  relation: "relation",
  column: "column",
  schema: "schema",
  database: "database",
  server: "foreign server",
  sequence: "sequence",
  function: "function",
  type: "type",
};

/** Privileges as bits; `all`: ALL was written, which means what can be had. */
export interface WantedPrivileges {
  readonly bits: number;
  readonly all: boolean;
}

/** The bits of one clause's word on such objects. */
export function privilegeBits(
  { name }: PrivilegeClause,
  kind: AclKind,
  shown = OBJECTS[kind],
): number {
  if (name === undefined) return ALL_PRIVILEGES[kind];
  const bits = WORDS[name];
  if (bits === undefined) throw unknownPrivilege(name);
  if ((bits & ALL_PRIVILEGES[kind]) === 0) throw wrongPrivilege(name, shown);
  return bits;
}

/** Clauses about whole objects, taken together. */
export function wholePrivileges(
  clauses: readonly PrivilegeClause[],
  kind: AclKind,
): WantedPrivileges {
  if (clauses.length === 0) return { bits: ALL_PRIVILEGES[kind], all: true };
  let bits = 0;
  for (const clause of clauses)
    if (clause.columns.length === 0) bits |= privilegeBits(clause, kind);
  return { bits, all: false };
}
