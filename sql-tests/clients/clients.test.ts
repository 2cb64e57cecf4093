import assert from "node:assert/strict";
import { test } from "node:test";
import { CLIENTS } from "./client-list.js";
import { openStage } from "./stage.js";
import { visit } from "./visit.js";

test("clients that the suite brings see what they see of PostgreSQL", async (t) => {
  const stage = await openStage();
  try {
    for (const client of CLIENTS.filter(({ quick }) => quick === true)) {
      await t.test(client.name, async () => {
        assert.equal((await visit(client, stage)).difference, null);
      });
    }
  } finally {
    await stage.close();
  }
});
