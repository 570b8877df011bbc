// The policies of one page of each kind, for `tests/browser/csp.mjs`.
import { ask, pages, signIn, follow } from "./site.mjs";

const session = await signIn();
const found = [];
for (const page of pages) {
  const answer = await follow(page.path, page.staff ? { cookie: session } : {});
  if (!(page.status ?? [200]).includes(answer.status)) throw new Error(`${page.kind}: ${answer.status}`);
  found.push({ page: page.kind, policy: answer.headers["content-security-policy"] });
}
// Of other appliances: one that is not set up yet, one that is damaged.
for (const [kind, address] of Object.entries(JSON.parse(process.env.BAR_OTHERS))) {
  const answer = await ask(address, { rejectUnauthorized: false });
  if (![200, 503].includes(answer.status)) throw new Error(`${kind}: ${answer.status}`);
  found.push({ page: kind, policy: answer.headers["content-security-policy"] });
}
console.log(JSON.stringify(found));
