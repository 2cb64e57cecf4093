import { internalError } from "../../../errors/index.js";
import type { CatalogLink } from "../link.js";
import { Reply } from "../wire/reply.js";

/** Runs a batch of the mirror's own; rejects with what PostgreSQL says against it. */
export async function exchange(link: CatalogLink, batch: Uint8Array): Promise<Reply> {
  const reply = Reply.read(await link.exchange(batch));
  if (reply === null) throw internalError("the system catalog answered no whole reply");
  const { error } = reply;
  if (error === null) return reply;
  const context = [error.get("D"), error.get("W")].filter((one) => one !== undefined).join("; ");
  const message = `the mirror in the system catalog: ${error.get("M") ?? ""}`;
  throw internalError(context === "" ? message : `${message} (${context})`);
}
