import type { RangeVar, SelectStmt } from "libpg-query";
import type { Query } from "../ast/index.js";
import { builtQuery, builtSelect } from "../built-nodes.js";
import { SqlError } from "../../errors/index.js";
import { stringsOf } from "../grammar/node.js";
import {
  remember,
  type MentionedFunction,
  type MentionedRelation,
  type SystemMention,
} from "../system-mention.js";
import { freeze, type Lowering } from "./context.js";

const SYSTEM_SCHEMAS = new Set(["pg_catalog", "information_schema"]);
/** Functions by which clients look about themselves without naming a catalog. */
const SYSTEM_FUNCTION = new RegExp(
  "^(pg_.*|has_.*_privilege|to_reg.*|txid_.*|inet_.*|(obj|col|shobj)_description|format_type|" +
    "quote_(ident|literal|nullable)|parse_ident|current_schemas|getdatabaseencoding|aclexplode|" +
    "acldefault|makeaclitem|row_security_active|array_(to_string|length|upper|lower))$",
);
const SYSTEM_TYPE =
  /^reg(class|type|proc|procedure|namespace|role|oper|operator|config|dictionary|collation)$/;

/**
 * A statement's query. Where it may be one of the system catalog, what was seen of it goes along,
 * and a construct we have no node for is no error yet.
 */
export function lowerStatementQuery(raw: SelectStmt, text: string, context: Lowering): Query {
  const seen = new Seen(context);
  seen.visit(raw);
  if (!seen.maySystem()) return context.query(raw);
  const start = context.statementStart + context.statementText.lastIndexOf(text);
  const mention = { text, start, ...seen.found() };
  try {
    return remember(context.query(raw), freeze({ ...mention, refusal: undefined }));
  } catch (refusal) {
    const isRefusal = refusal instanceof SqlError && refusal.sqlstate === "0A000";
    if (!isRefusal) throw refusal;
    return remember(builtQuery(builtSelect({ items: [] })), freeze({ ...mention, refusal }));
  }
}

class Seen {
  private readonly relations: MentionedRelation[] = [];
  private readonly functions: MentionedFunction[] = [];
  private readonly types: string[] = [];
  private readonly commonTables = new Set<string>();

  constructor(private readonly context: Lowering) {}

  /** The raw tree is as deep as the text nests, which the grammar has let through: no recursion. */
  visit(root: object): void {
    const open: unknown[] = [root];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (typeof node !== "object" || node === null) continue;
      const fields = node as Readonly<Record<string, unknown>>;
      this.note(fields);
      open.push(...Object.values(fields));
    }
  }

  maySystem(): boolean {
    const isSystem = ({ schema, name }: MentionedRelation): boolean =>
      SYSTEM_SCHEMAS.has(schema ?? "") || (schema === undefined && name.startsWith("pg_"));
    const relations = this.ownRelations();
    if (relations.length > 0) return relations.some(isSystem);
    return (
      this.types.some((name) => SYSTEM_TYPE.test(name)) ||
      this.functions.some(({ name, schema }) => {
        return SYSTEM_FUNCTION.test(name) || schema === "pg_catalog";
      })
    );
  }

  found(): Pick<SystemMention, "relations" | "functions" | "types"> {
    const { functions, types } = this;
    return { relations: this.ownRelations(), functions, types };
  }

  private ownRelations(): readonly MentionedRelation[] {
    return this.relations.filter(
      ({ schema, name }) => schema !== undefined || !this.commonTables.has(name),
    );
  }

  private note(fields: Readonly<Record<string, unknown>>): void {
    const relation = fields["RangeVar"] as RangeVar | undefined;
    if (relation !== undefined) {
      const { catalogname, schemaname, relname, location } = relation;
      const position = this.context.at(location);
      const name = relname ?? "";
      this.relations.push({ catalog: catalogname, schema: schemaname, name, position });
    }
    const common = fields["CommonTableExpr"] as { readonly ctename?: string } | undefined;
    if (common?.ctename !== undefined) this.commonTables.add(common.ctename);
    if (Array.isArray(fields["funcname"])) {
      const names = stringsOf(fields["funcname"] as Parameters<typeof stringsOf>[0]);
      this.functions.push({ schema: names.at(-2), name: names.at(-1) ?? "" });
    }
    const type = fields["typeName"] as { readonly names?: unknown } | undefined;
    if (Array.isArray(type?.names)) {
      this.types.push(stringsOf(type.names as Parameters<typeof stringsOf>[0]).at(-1) ?? "");
    }
  }
}
