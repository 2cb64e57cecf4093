import type { CatalogLink } from "../link.js";
import { Batch, textParameter } from "../wire/batch.js";
import { exchange } from "./exchange.js";
import type { MirrorScopes } from "./mirror-state.js";
import type { Template } from "./template.js";

/** Rules of the engine as pg_default_acl needs them an OID each; no object of the engine has these. */
const FIRST_RULE_OID = 4_200_000_000;

/** What is said of sessions and of objects to come: few rows, written all anew when one changes. */
export class ScopeMirror {
  private shown = JSON.stringify({ settings: [], defaultAcls: [] } satisfies MirrorScopes);

  constructor(
    private readonly link: CatalogLink,
    private readonly template: Template,
  ) {}

  /** Roles and schemas that are named must be there. */
  async apply({ settings, defaultAcls }: MirrorScopes): Promise<void> {
    const print = JSON.stringify({ settings, defaultAcls });
    if (print === this.shown) return;
    const batch = new Batch();
    const write = (sql: string, ...rows: readonly unknown[]): void => {
      const values = rows.map((each) => textParameter(JSON.stringify(each)));
      batch.parse("", sql).bind("", values).execute();
    };
    write("DELETE FROM pg_catalog.pg_db_role_setting");
    write(
      `INSERT INTO pg_catalog.pg_db_role_setting
         SELECT CASE WHEN (e->>'inDatabase')::bool THEN ${String(this.template.databaseOid)}::oid
           ELSE 0::oid END, (e->>'roleOid')::oid,
           ARRAY(SELECT pg_catalog.jsonb_array_elements_text(e->'entries'))
         FROM pg_catalog.jsonb_array_elements($1::jsonb) e`,
      settings,
    );
    write("DELETE FROM pg_catalog.pg_default_acl");
    write(
      `INSERT INTO pg_catalog.pg_default_acl
         SELECT (${String(FIRST_RULE_OID)} + n)::oid, (e->>'roleOid')::oid, (e->>'schemaOid')::oid,
           (e->>'objectType')::"char",
           ARRAY(SELECT pg_catalog.jsonb_array_elements_text(e->'acl'))::aclitem[]
         FROM pg_catalog.jsonb_array_elements($1::jsonb) WITH ORDINALITY AS d(e, n)`,
      defaultAcls,
    );
    await exchange(this.link, batch.sync());
    this.shown = print;
  }
}
