import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { LeadlineClient, LeadlineError, type DataLine } from "../src/index.ts";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function address(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  servers.push(server);
  await new Promise((resolve) => server.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<LeadlineClient> {
  return new LeadlineClient({ base: await address(answer) });
}

async function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => undefined, (error: unknown) => error);
}

test("lines arrive one by one, cut anywhere", async () => {
  const text = '{"tile":"a","query":"main","error":{"code":"timeout","why":"é slow"}}\n{"done":true,"queries":1,"ms":2}';
  const bytes = new TextEncoder().encode(text);
  const client = await serve((_, response) => {
    for (let at = 0; at < bytes.length; at += 7) response.write(bytes.subarray(at, at + 7));
    response.end();
  });
  const lines: DataLine[] = [];
  for await (const line of client.dashboardData("x", {})) lines.push(line);
  expect(lines).toEqual([
    { tile: "a", query: "main", error: { code: "timeout", why: "é slow" } },
    { done: true, queries: 1, ms: 2 },
  ]);
});

test("a refusal keeps code, cause, way out and place", async () => {
  const client = await serve((_, response) => {
    response.writeHead(400, { "Content-Type": "application/json" });
    response.end(JSON.stringify({ code: "unknown_metric", why: "No metric x.", fix: "Use revenue.", at: "/metrics/0" }));
  });
  const error = await caught(client.query({ metrics: ["x"] }));
  expect(error).toBeInstanceOf(LeadlineError);
  expect(error).toMatchObject({ code: "unknown_metric", why: "No metric x.", fix: "Use revenue.", at: "/metrics/0", status: 400 });
});

test("an answer that is no error of ours is internal", async () => {
  const client = await serve((_, response) => response.writeHead(502).end("<html>"));
  expect(await caught(client.session())).toMatchObject({ code: "internal", status: 502 });
});

test("no server: not connected", async () => {
  const client = new LeadlineClient({ base: "http://127.0.0.1:1" });
  expect(await caught(client.session())).toMatchObject({ code: "not_connected", status: 0 });
});

test("a stream that breaks off: not connected", async () => {
  const client = await serve((_, response) => {
    response.write('{"tile":"a","query":"main","result":{}}\n');
    setTimeout(() => response.destroy(), 20);
  });
  const stream = client.dashboardData("x", {});
  expect((await stream.next()).done).toBe(false);
  expect(await caught(stream.next())).toMatchObject({ code: "not_connected" });
});

test("an abort is an abort, not an error of the server", async () => {
  const client = await serve(() => undefined);
  const abort = new AbortController();
  const asked = caught(client.session(abort.signal));
  abort.abort();
  expect(await asked).toMatchObject({ name: "AbortError" });
});

test("a change is sent as JSON, with the key where there is one", async () => {
  const seen: IncomingMessage[] = [];
  const base = await address((request, response) => {
    seen.push(request);
    response.end("{}");
  });
  await new LeadlineClient({ base, key: "k1" }).signOut();
  expect(seen[0]?.method).toBe("DELETE");
  expect(seen[0]?.headers).toMatchObject({ "content-type": "application/json", authorization: "Bearer k1" });
});

test("a product that is not ready still says which part", async () => {
  const said = { ready: false, parts: { cache: { state: "down", needed: true, why: "refused" } } };
  const client = await serve((_, response) => {
    response.writeHead(503, { "Content-Type": "application/json" });
    response.end(JSON.stringify(said));
  });
  expect(await client.readiness()).toEqual(said);
});
