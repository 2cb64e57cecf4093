/** The tests of system-catalog.test.ts with the system catalog in a PostgreSQL 15 elsewhere. */
import { after } from "node:test";
import { PrivatePostgres } from "../testing/private-postgres.js";

const postgres = await PrivatePostgres.start();
process.env.MILLRACE_TEST_SYSTEM_CATALOG = postgres.url.replace(/\w+$/, "mirror");
await import("./system-catalog.test.js");

// Behind the server's own end.
after(() => postgres.stop());
