import { systemCatalogPerRow } from "../../../errors/index.js";
import type {
  Cast,
  Expression,
  FunctionCall,
  Query,
  Select,
  SelectItem,
  TableFunction,
  TableName,
  TableReference,
} from "../../../parser/index.js";
import { columnConditions, tablesOf, type ColumnCondition } from "./column-conditions.js";
import { constantText } from "./constant-text.js";
import { CATALOG_TYPE } from "./route.js";

/** Tells what of a query only the system catalog has. */
export interface BorrowScope {
  hasRelation(table: TableName): boolean;
  hasFunction(name: readonly string[]): boolean;
}

/** A relation of the catalog, with what WHERE beside it asks of single columns. */
export interface BorrowedRelation {
  readonly node: TableReference;
  readonly conditions: readonly ColumnCondition[];
}

/** What a query of the engine needs of the system catalog. */
export interface BorrowedParts {
  readonly relations: readonly BorrowedRelation[];
  /** Each with one function over constants. */
  readonly functions: readonly TableFunction[];
  /** Calls and casts over constants. */
  readonly constants: readonly Expression[];
  /** Those that are shown as they are: an OID by its name. */
  readonly shown: ReadonlySet<Expression>;
  /** Names that may be those of columns; null where all columns are meant. */
  readonly columnNames: ReadonlySet<string> | null;
}

/** 0A000 where something would have to be asked for each row of the engine. */
export function borrowedParts(query: Query, scope: BorrowScope): BorrowedParts {
  const search = new Search(scope, commonTablesOf(query, new Set()));
  search.visit(query);
  return search;
}

class Search implements BorrowedParts {
  readonly relations: BorrowedRelation[] = [];
  readonly functions: TableFunction[] = [];
  readonly constants: Expression[] = [];
  readonly shown = new Set<Expression>();
  private readonly named = new Set<string>();
  /** Of dotted names. */
  private readonly last = new Set<string>();
  private allColumns = false;
  private readonly conditions = new Map<TableReference, readonly ColumnCondition[]>();

  constructor(
    private readonly scope: BorrowScope,
    private readonly commonTables: ReadonlySet<string>,
  ) {}

  get columnNames(): ReadonlySet<string> | null {
    const shown = [...this.relations.map(({ node }) => node.table.name), ...this.aliases];
    // A relation's own name, alone or behind its schema's, is a whole row.
    const hasWholeRow = shown.some((name) => this.last.has(name));
    return this.allColumns || hasWholeRow ? null : this.named;
  }

  private get aliases(): readonly string[] {
    const nodes = [...this.relations.map(({ node }) => node), ...this.functions];
    return nodes.flatMap(({ alias }) => (alias === undefined ? [] : [alias.name]));
  }

  visit(node: unknown): void {
    if (typeof node !== "object" || node === null) return;
    if ("kind" in node && this.note(node as Noted)) return;
    for (const child of Object.values(node)) this.visit(child);
  }

  /** Whether nothing inside the node matters any more. */
  private note(node: Noted): boolean {
    switch (node.kind) {
      case "select":
        this.noteConditions(node);
        return false;
      case "selectItem":
        this.shown.add(node.value);
        return false;
      case "tableReference":
        return this.noteRelation(node);
      case "tableFunction":
        return this.noteTableFunction(node);
      case "functionCall":
        if (!this.scope.hasFunction(node.name)) return false;
        return this.noteConstant(node, `function ${node.name.at(-1) ?? ""}`);
      case "cast":
        if (!CATALOG_TYPE.test(node.type.name) || node.type.arrayDimensions > 0) return false;
        return this.noteConstant(node, `type ${node.type.name}`);
      case "columnReference":
        for (const name of node.names) this.named.add(name);
        this.last.add(node.names.at(-1) ?? "");
        return true;
      case "using":
        for (const name of node.columns) this.named.add(name);
        return true;
      case "star":
      case "fieldStar":
      case "natural":
        this.allColumns = true;
        return true;
      default:
        return false;
    }
  }

  private noteConditions({ from, where }: Select): void {
    if (where === undefined) return;
    const conditions = columnConditions(where);
    if (conditions.length === 0) return;
    for (const node of from.flatMap(tablesOf)) {
      const shown = node.alias?.name ?? node.table.name;
      const own = conditions.filter(({ table }) => table === undefined || table === shown);
      this.conditions.set(node, own);
    }
  }

  private noteRelation(node: TableReference): boolean {
    const { schema, name } = node.table;
    const isCommon = schema === undefined && this.commonTables.has(name);
    if (isCommon || !this.scope.hasRelation(node.table)) return true;
    this.relations.push({ node, conditions: this.conditions.get(node) ?? [] });
    if (node.alias !== undefined && node.alias.columns.length > 0) this.allColumns = true;
    return true;
  }

  private noteTableFunction(node: TableFunction): boolean {
    const [only, ...others] = node.functions;
    const call = only?.call;
    if (call?.kind !== "functionCall" || !this.scope.hasFunction(call.name)) return false;
    const isPlain = others.length === 0 && only?.columns.length === 0 && !node.ordinality;
    if (!isPlain || constantText(call) === undefined) {
      throw systemCatalogPerRow(`function ${call.name.at(-1) ?? ""}`, call.position);
    }
    this.functions.push(node);
    return true;
  }

  private noteConstant(node: Expression, what: string): boolean {
    if (constantText(node) === undefined) throw systemCatalogPerRow(what, node.position);
    this.constants.push(node);
    return true;
  }
}

/** Nodes that matter. */
type Noted =
  | Select
  | SelectItem
  | TableReference
  | TableFunction
  | FunctionCall
  | Cast
  | Extract<Expression, { readonly kind: "columnReference" | "star" | "fieldStar" }>
  | { readonly kind: "using"; readonly columns: readonly string[] }
  | { readonly kind: "natural" };

function commonTablesOf(node: unknown, found: Set<string>): ReadonlySet<string> {
  if (typeof node !== "object" || node === null) return found;
  if ("kind" in node && node.kind === "commonTable" && "name" in node) found.add(String(node.name));
  for (const child of Object.values(node)) commonTablesOf(child, found);
  return found;
}
