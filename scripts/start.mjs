/** `npm start -- [options]`: the same as `millrace serve [options]`. */
process.argv.splice(2, 0, "serve");
await import("../bin/millrace.mjs");
