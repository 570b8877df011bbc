// Asks a running appliance as a browser would: with its authority's certificate, cookies, and from its own pages. `pages` is one of
// each kind. Takes `BAR_AT` (the address), `BAR_SITE`, `BAR_EMAIL` and `BAR_PASSWORD` from the environment, and the
// authority from `NODE_EXTRA_CA_CERTS`.
import https from "node:https";

export const at = new URL(process.env.BAR_AT);
const site = process.env.BAR_SITE;

export function ask(path, { method = "GET", headers = {}, body, rejectUnauthorized = true } = {}) {
  return new Promise((resolve, reject) => {
    const request = https.request(new URL(path, at), { method, headers, rejectUnauthorized, agent: false }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts).toString() }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

function cookiesOf(answer) {
  return (answer.headers["set-cookie"] ?? []).map((cookie) => cookie.split(";")[0]);
}

/** Signs in and gives the cookie of the session. */
export async function signIn() {
  const page = await ask("/login");
  const field = (name) => page.body.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1] ?? "";
  const form = new URLSearchParams({
    csrf: field("csrf"), next: "", email: process.env.BAR_EMAIL, password: process.env.BAR_PASSWORD,
  });
  const answer = await ask("/login", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", origin: at.origin, cookie: cookiesOf(page).join("; ") },
    body: form.toString(),
  });
  const session = cookiesOf(answer).find((cookie) => cookie.startsWith("__Host-parlor="));
  if (!session) throw new Error(`signing in did not work: ${answer.status} ${answer.headers.location ?? answer.body.slice(0, 400)}`);
  return session;
}

/** One page of each kind: what it is, where, and whether only somebody who is signed in sees it. */
export const pages = [
  { kind: "sign-in", path: "/login" },
  { kind: "demo", path: "/demo" },
  { kind: "chat without script", path: `/chat/${site}` },
  { kind: "chat log in a frame", path: `/chat/${site}/log`, status: [200, 404] },
  { kind: "widget panel", path: `/widget/${site}`, framed: true },
  { kind: "error page", path: "/there-is-nothing-here", status: [404] },
  { kind: "console", path: "/console", staff: true },
  { kind: "canned responses", path: "/console/canned", staff: true },
  { kind: "account", path: "/account", staff: true },
  { kind: "admin", path: "/admin", staff: true },
  { kind: "admin: people", path: "/admin/people", staff: true },
  { kind: "admin: security", path: "/admin/security", staff: true },
  { kind: "admin: site", path: `/admin/sites/${site}`, staff: true },
  { kind: "admin: preview in a frame", path: `/admin/sites/${site}/preview`, staff: true },
];

/** Where the pages lead to, for those that lead on. */
export async function follow(path, headers) {
  let answer = await ask(path, { headers });
  for (let hops = 0; hops < 3 && answer.headers.location; hops += 1) {
    path = new URL(answer.headers.location, new URL(path, at)).pathname;
    answer = await ask(path, { headers });
  }
  return { ...answer, path };
}
