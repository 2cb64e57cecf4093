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

  /** What reads no relation may need a type or a function that only a real PostgreSQL has. */
  maySystem(): boolean {
    const isSystem = ({ schema, name }: MentionedRelation): boolean =>
      SYSTEM_SCHEMAS.has(schema ?? "") || (schema === undefined && name.startsWith("pg_"));
    const relations = this.ownRelations();
    return relations.length === 0 || relations.some(isSystem);
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
    // A range variable is named as such in FROM, but not as the target of DELETE and its kin.
    if (typeof fields["relname"] === "string") {
      const { catalogname, schemaname, relname = "", location } = fields as RangeVar;
      const position = this.context.at(location);
      this.relations.push({ catalog: catalogname, schema: schemaname, name: relname, position });
    }
    const common = fields["CommonTableExpr"] as { readonly ctename?: string } | undefined;
    if (common?.ctename !== undefined) this.commonTables.add(common.ctename);
    if (Array.isArray(fields["funcname"])) {
      const names = stringsOf(fields["funcname"] as Parameters<typeof stringsOf>[0]);
      this.functions.push({ schema: names.at(-2), name: names.at(-1) ?? "" });
    }
    if ("bsval" in fields) this.types.push("bit");
    const type = fields["typeName"] as { readonly names?: unknown } | undefined;
    if (Array.isArray(type?.names)) {
      this.types.push(stringsOf(type.names as Parameters<typeof stringsOf>[0]).at(-1) ?? "");
    }
  }
}
