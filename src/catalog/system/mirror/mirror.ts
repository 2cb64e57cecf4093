import { Batch } from "../wire/batch.js";
import type { CatalogLink } from "../link.js";
import { addSchema, addTable, arrayTypeName, noRows } from "./catalog-rows.js";
import { exchange } from "./exchange.js";
import { RoleMirror } from "./role-mirror.js";
import type {
  MirrorRelation,
  MirrorSchema,
  MirrorState,
  MirrorTable,
  MirrorView,
} from "./mirror-state.js";
import { ScopeMirror } from "./scope-mirror.js";
import { readTemplate, type Template } from "./template.js";
import { eraseRelations, eraseSchemas, writeRows } from "./write-rows.js";
import { writeView } from "./write-view.js";

/** Schema public as every PostgreSQL has it; said again only where the engine's differs. */
const PUBLIC: MirrorSchema = {
  oid: 2200,
  name: "public",
  comment: undefined,
  ownerOid: undefined,
  acl: undefined,
};

interface Placed<T> {
  readonly entry: T;
  readonly arrayName: string;
  /** Equal for entries that the catalogs show alike. */
  readonly print: string;
}

/** What one running PostgreSQL shows of the engine, and the way from there to what it should. */
export class Mirror {
  readonly roles: RoleMirror;
  private readonly scopes: ScopeMirror;
  private schemas = new Map<number, string>([[PUBLIC.oid, JSON.stringify(PUBLIC)]]);
  private relations = new Map<number, string>();

  private constructor(
    private readonly link: CatalogLink,
    private readonly template: Template,
  ) {
    this.roles = new RoleMirror(link, template);
    this.scopes = new ScopeMirror(link, template);
  }

  static async begin(link: CatalogLink): Promise<Mirror> {
    return new Mirror(link, await readTemplate(link));
  }

  get databaseOid(): number {
    return this.template.databaseOid;
  }

  /** Makes the catalogs show `state`. What fails leaves them to be thrown away. */
  async apply(state: MirrorState): Promise<void> {
    if (state.roles !== null) await this.roles.apply(state.roles);
    const { template, link } = this;
    const schemas = state.schemas.map((entry) => ({ entry, print: JSON.stringify(entry) }));
    const relations = placed(state.relations);
    const goneSchemas = gone(this.schemas, schemas);
    const goneRelations = gone(this.relations, relations);
    const batch = new Batch();
    eraseRelations(batch, goneRelations, template);
    eraseSchemas(batch, goneSchemas, template);
    const rows = noRows();
    for (const { entry } of fresh(this.schemas, schemas)) addSchema(rows, entry, template);
    const freshRelations = fresh(this.relations, relations);
    for (const { entry, arrayName } of freshRelations) {
      if (entry.kind === "table") addTable(rows, entry, arrayName, template);
    }
    writeRows(batch, rows, template);
    await exchange(link, batch.sync());
    const views = freshRelations.filter((one): one is Placed<MirrorView> => {
      return one.entry.kind === "view";
    });
    for (const { entry, arrayName } of inOrder(views)) {
      await writeView(link, entry, arrayName, template);
    }
    this.schemas = new Map(schemas.map(({ entry, print }) => [entry.oid, print]));
    this.relations = new Map(relations.map(({ entry, print }) => [entry.oid, print]));
    if (state.scopes !== undefined) await this.scopes.apply(state.scopes);
  }
}

function placed(relations: readonly MirrorRelation[]): readonly Placed<MirrorRelation>[] {
  const names = new Set(relations.map(({ schema, name }) => `${schema}\0${name}`));
  const prints = new Map<number, string>();
  const byOid = new Map(relations.map((entry) => [entry.oid, entry]));
  // A view is made anew with what it reads: its stored query speaks of that one's columns.
  const printOf = (entry: MirrorRelation): string => {
    const known = prints.get(entry.oid);
    if (known !== undefined) return known;
    const own = JSON.stringify(entry);
    prints.set(entry.oid, own);
    const reads = entry.kind === "view" ? entry.reads : [];
    const read = reads.map((oid) => {
      const relation = byOid.get(oid);
      return relation === undefined ? "" : shape(relation, printOf);
    });
    const print = [own, ...read].join("\n");
    prints.set(entry.oid, print);
    return print;
  };
  return relations.map((entry) => {
    const arrayName = arrayTypeName(entry, (name) => names.has(`${entry.schema}\0${name}`));
    return { entry, arrayName, print: `${arrayName}\n${printOf(entry)}` };
  });
}

/** What a view that reads a relation depends on: a table's columns, all of a view. */
function shape(relation: MirrorRelation, printOf: (view: MirrorView) => string): string {
  if (relation.kind === "view") return printOf(relation);
  const { oid, schema, name, columns }: MirrorTable = relation;
  return JSON.stringify([oid, schema, name, columns]);
}

interface Entry {
  readonly entry: { readonly oid: number };
  readonly print: string;
}

function gone(before: ReadonlyMap<number, string>, now: readonly Entry[]): readonly number[] {
  const prints = new Map(now.map(({ entry, print }) => [entry.oid, print]));
  return [...before].filter(([oid, print]) => prints.get(oid) !== print).map(([oid]) => oid);
}

function fresh<T extends Entry>(before: ReadonlyMap<number, string>, now: readonly T[]): T[] {
  return now.filter(({ entry, print }) => before.get(entry.oid) !== print);
}

/** Views behind those they read. */
function inOrder(views: readonly Placed<MirrorView>[]): readonly Placed<MirrorView>[] {
  const byOid = new Map(views.map((view) => [view.entry.oid, view]));
  const ordered = new Set<Placed<MirrorView>>();
  const visit = (view: Placed<MirrorView>): void => {
    if (!byOid.delete(view.entry.oid)) return;
    for (const oid of view.entry.reads) {
      const read = byOid.get(oid);
      if (read !== undefined) visit(read);
    }
    ordered.add(view);
  };
  views.forEach(visit);
  return [...ordered];
}
