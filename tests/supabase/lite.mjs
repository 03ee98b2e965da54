// A project's API and sign-in on a database of the tests:
// node lite.mjs DSN PORT PUBLISHABLE_KEY SECRET_KEY JWT_SECRET [URL of what stands for GitHub]
//
// What the real services do and @supabase/lite 0.10 doesn't yet: times in RFC 3339, the e-mailed code of type "email",
// and tokens that say who issued them. Beside that: PUT /__fault with {"status": 503} or {"delay": MS} (null ends it),
// and mails as lines on stdout.
import { createHmac } from "node:crypto";

import { serve } from "@hono/node-server";
import { App } from "@supabase/lite";

const [dsn, port, publishableKey, secretKey, jwtSecret, github] = process.argv.slice(2);
// Not one of the package's exports, though its own command line uses it.
const postgres = "./node_modules/@supabase/lite/dist/db/postgres/PostgresConnection.js";
const { createPostgresConnection } = await import(postgres);

const callback = `http://127.0.0.1:${port}/auth/v1/callback`;
const app = new App({
  connection: createPostgresConnection({ url: dsn, postgresOptions: { onnotice() {}, max: 8 } }),
  api: { schemas: ["public"], port: Number(port) },
  auth: {
    enabled: true,
    enable_signup: true,
    jwt_secret: jwtSecret,
    jwt_expiry: 3600,
    publishable_key: publishableKey,
    secret_key: secretKey,
    site_url: `http://127.0.0.1:${port}`,
    additional_redirect_urls: ["http://127.0.0.1:*/**"],
    email: { enable_confirmations: false },
    external: github
      ? { github: { enabled: true, client_id: "id", secret: "secret", url: github, redirect_uri: callback } }
      : {},
  },
  options: { drivers: { email: { async send(mail) { console.log(`MAIL ${JSON.stringify(mail)}`); } } } },
});
await app.init();
await app.ensureSystemSchema();

let fault = null;
const TIME = /"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)\+00"/g;
const TOKEN = /"access_token":\s*"([^"]+)"/g;

async function asGoTrueTakesIt(request) {
  const body = await request.json();
  if (body.type === "email") body.type = "magiclink";
  return new Request(request.url, { method: "POST", headers: request.headers, body: JSON.stringify(body) });
}

async function asGoTrueTells(response) {
  if (!(response.headers.get("content-type") ?? "").includes("json")) return response;
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  const text = (await response.text())
    .replace(TIME, '"$1T$2Z"')
    .replace(TOKEN, (_, token) => `"access_token":"${issued(token)}"`);
  return new Response(text, { status: response.status, headers });
}

function issued(token) {
  const [head, body] = token.split(".");
  const claims = { ...JSON.parse(Buffer.from(body, "base64url")), iss: `http://127.0.0.1:${port}/auth/v1` };
  const signed = `${head}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}`;
  return `${signed}.${createHmac("sha256", jwtSecret).update(signed).digest("base64url")}`;
}

async function answer(request, env) {
  const { pathname } = new URL(request.url);
  if (pathname === "/__fault") {
    fault = await request.json();
    return Response.json(fault);
  }
  if (fault?.delay) await new Promise((resolve) => setTimeout(resolve, fault.delay));
  if (fault?.status) return Response.json({ message: "injected" }, { status: fault.status });
  if (pathname === "/auth/v1/verify" && request.method === "POST") request = await asGoTrueTakesIt(request);
  const response = await app.fetch(request, { peerAddress: env.incoming.socket.remoteAddress ?? null });
  return pathname.startsWith("/auth/v1") ? asGoTrueTells(response) : response;
}

serve({ port: Number(port), hostname: "127.0.0.1", fetch: answer }, () => console.log("READY"));
