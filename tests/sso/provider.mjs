// A real identity provider (OpenID Connect), as the tests of single sign-on need it: over TLS, with people in groups, keys that are
// rotated, and logout that is told to clients. Started with one argument, a file of settings:
//   { host, certificate, key, client: { … }, people: { id: { name, email, email_verified, groups } }, lean }
// It says on standard output where it is, then takes one command a line on standard input and answers each with a line.

import { createServer } from "node:https";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";

// What the library likes to say would stand between the answers.
console.info = console.warn = () => {};

const settings = JSON.parse(readFileSync(process.argv[2], "utf8"));
let provider;
let answer;
const sids = new Map();

const server = createServer(
  { cert: readFileSync(settings.certificate), key: readFileSync(settings.key) },
  (request, response) => handle(request, response).catch((error) => response.writeHead(500).end(String(error))),
);
server.listen(0, settings.host, () => {
  begin();
  console.log(JSON.stringify({ issuer: issuer() }));
});

const issuer = () => `https://${settings.name}:${server.address().port}`;

// The same provider with keys of its own. What it remembers (sessions, codes) is kept by its library for the whole process.
function begin() {
  provider = new Provider(issuer(), {
    clients: [settings.client],
    jwks: { keys: [key("rsa", { modulusLength: 2048 }, "RS256"), key("ec", { namedCurve: "P-256" }, "ES256")] },
    cookies: { keys: ["a key of the tests"] },
    claims: { email: ["email", "email_verified"], profile: ["name", "groups"] },
    // A lean provider leaves claims out of the token and tells them at its userinfo endpoint.
    conformIdTokenClaims: settings.lean === true,
    features: {
      backchannelLogout: { enabled: true },
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: true },
    },
    // The client is on this very machine, which its own address guard would refuse.
    fetch: (url, { dispatcher: _guarded, ...options }) => fetch(url, options),
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...settings.people[id] }) }),
    // Nobody is asked what the client may know.
    async loadExistingGrant(context) {
      const grant = new context.oidc.provider.Grant({
        accountId: context.oidc.session.accountId,
        clientId: context.oidc.client.clientId,
      });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  });
  provider.on("authorization.success", ({ oidc }) => {
    sids.set(oidc.session.accountId, oidc.session.sidFor(settings.client.client_id));
  });
  answer = provider.callback();
}

function key(kind, options, alg) {
  const { privateKey } = generateKeyPairSync(kind, options);
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), alg, use: "sig" };
}

async function handle(request, response) {
  const url = new URL(request.url, issuer());
  if (!url.pathname.startsWith("/interaction/")) return answer(request, response);
  // Who is signing in stands in the form; a browser gets one to fill in.
  if (request.method === "GET") {
    const people = Object.keys(settings.people).map((id) => `<button name="person" value="${id}">${id}</button>`);
    const refuse = '<button name="person" value="">Nobody</button>';
    response.writeHead(200, { "content-type": "text/html" });
    return response.end(`<!doctype html><title>Sign in</title><form method="post">${people.join("")}${refuse}</form>`);
  }
  let body = "";
  for await (const chunk of request) body += chunk;
  const person = new URLSearchParams(body).get("person");
  const result = person
    ? { login: { accountId: person, amr: ["pwd", "otp"] } }
    : { error: "access_denied", error_description: "<script>alert(1)</script> said no" };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const commands = {
  rotate: async () => begin(),
  // Tells the client that somebody's session is over.
  logout: async ({ person }) => {
    const client = await provider.Client.find(settings.client.client_id);
    await client.backchannelLogout(person, sids.get(person));
  },
  change: async ({ person, claims }) => Object.assign(settings.people[person], claims),
};

createInterface({ input: process.stdin }).on("line", async (line) => {
  const command = JSON.parse(line);
  try {
    await commands[command.do](command);
    console.log(JSON.stringify({ done: command.do }));
  } catch (error) {
    console.log(JSON.stringify({ failed: `${error} ${error.cause ?? ""}` }));
  }
}).on("close", () => process.exit(0));
