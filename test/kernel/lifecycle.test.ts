import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { native } from "../../src/native/native.ts";
import { readTemplate } from "../../src/native/template.ts";
import { because } from "./bpf.ts";
import { unable } from "./machine.ts";
import { standIn } from "./stand-in.ts";

const reason = unable();
let folder: string;
let linked: string;

beforeAll(() => {
  if (reason) return;
  folder = mkdtempSync(join(tmpdir(), "pwq-native-"));
  linked = join(folder, "linked.o");
  const template = readTemplate(`kprobe.${process.arch === "arm64" ? "arm64" : "x86_64"}`);
  const inputs = [
    { name: "template", bytes: template },
    { name: "stand-in", bytes: standIn() },
  ];
  writeFileSync(linked, native().link(inputs));
});
afterAll(() => {
  if (folder) rmSync(folder, { recursive: true });
});

/** What every script below begins with: `start()` attaches and opens a ring, `drop()` makes the kernel drop a packet. */
const PRELUDE = `
  const n = require(${JSON.stringify(new URL("../../build/pwq.node", import.meta.url).pathname)});
  const dgram = require("node:dgram");
  const fs = require("node:fs");
  function start(onBatch) {
    const obj = n.openObject(new Uint8Array(fs.readFileSync(process.env.LINKED)));
    n.load(obj);
    const link = n.attachRawTracepoint(obj, "pwq_tp_kfree_skb", "kfree_skb");
    const ring = onBatch && n.openRing(obj, "pwq_ring", 4096, 4, 2, onBatch);
    return { obj, link, ring };
  }
  const drop = () => new Promise((done) => {
    const socket = dgram.createSocket("udp4");
    socket.on("error", () => {});
    socket.bind(0, "127.0.0.1", () => socket.send("x", 1, "127.0.0.1", () => socket.close(done)));
  });
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
`;

/** Runs a script in a Node of its own; a crash would show as a signal. */
function run(script: string): {
  status: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
} {
  const source = `${PRELUDE}(async () => {${script}})()`;
  return spawnSync(process.execPath, ["--expose-gc", "-e", source], {
    encoding: "utf8",
    env: { ...process.env, LINKED: linked },
    timeout: 20_000,
  });
}

const clean = (stdout = ""): object => ({ status: 0, signal: null, stdout, stderr: "" });

describe.skipIf(reason !== undefined)(`lifecycles of handles${because(reason)}`, () => {
  it("a process ends with everything attached and open", () => {
    expect(run(`start(() => {}); await drop(); process.exit(0);`)).toMatchObject(clean());
  });

  it("an open ring keeps the process alive; closed, it does not", () => {
    const script = `
      const { ring } = start(() => {});
      setTimeout(() => { console.log("alive"); n.closeRing(ring); }, 50);`;
    expect(run(script)).toMatchObject(clean("alive\n"));
  });

  it("everything is closed twice, and in any order", () => {
    const script = `
      for (const order of [["obj", "link", "ring"], ["ring", "link", "obj"], ["link", "obj", "ring"]]) {
        const handles = start(() => {});
        const close = { obj: n.closeObject, link: n.detach, ring: n.closeRing };
        for (const name of [...order, ...order]) close[name](handles[name]);
      }`;
    expect(run(script)).toMatchObject(clean());
  });

  it("what is closed is refused, not used", () => {
    const script = `
      const { obj, link, ring } = start(() => {});
      n.closeObject(obj); n.closeRing(ring); n.detach(link);
      for (const act of [
        () => n.mapCount(obj, "pwq_track"), () => n.attachRawTracepoint(obj, "pwq_tp_kfree_skb", "kfree_skb"),
        () => n.openRing(obj, "pwq_ring", 1, 1, 1, () => {}), () => n.ringFlush(ring),
      ]) { try { act(); console.log("used"); } catch (error) { console.log(error.message); } }
      n.ringAck(ring);
      console.log(n.linkInfo(link).count);`;
    const refused = "the object is closed\n".repeat(3);
    expect(run(script)).toMatchObject(clean(`${refused}the ring is closed\n0\n`));
  });

  it("forgotten handles are collected: links detach, objects close", () => {
    const script = `
      const links = () => fs.readdirSync("/proc/self/fd").filter((fd) => {
        try { return fs.readlinkSync("/proc/self/fd/" + fd).includes("bpf"); } catch { return false; }
      }).length;
      (function () { for (let i = 0; i < 5; i++) start(); })();
      const before = links();
      for (let i = 0; i < 5; i++) { gc(); await sleep(5); }
      console.log(before >= 10, links());`;
    expect(run(script)).toMatchObject(clean("true 0\n"));
  });

  it("an open ring is not collected, though nobody holds its handle", () => {
    const script = `
      const { obj, link } = start();
      (function () {
        n.openRing(obj, "pwq_ring", 4096, 4, 2, () => { console.log("got"); process.exit(0); });
      })();
      for (let i = 0; i < 5; i++) { gc(); await sleep(5); }
      await drop();
      await sleep(5000);
      console.log(n.linkInfo(link).count);`;
    expect(run(script)).toMatchObject(clean("got\n"));
  });

  it("a callback that throws is an uncaught exception, and the ring goes on", () => {
    const script = `
      process.once("uncaughtException", (error) => console.log("caught", error.message));
      let calls = 0;
      const { ring, link } = start(() => {
        n.ringAck(ring);
        if (calls++ === 0) throw new Error("thrown in a batch");
        console.log("next batch"); n.closeRing(ring); n.detach(link);
      });
      while (calls < 2) { await drop(); await sleep(5); }`;
    expect(run(script)).toMatchObject(clean("caught thrown in a batch\nnext batch\n"));
  });

  it("uncaught, it ends the process with its stack", () => {
    const { status, signal, stderr } = run(
      `start(() => { throw new Error("thrown in a batch"); }); await drop(); await sleep(1000);`,
    );
    expect([status, signal]).toEqual([1, null]);
    expect(stderr).toMatch(/Error: thrown in a batch\n\s+at /);
  });

  it.each([
    ["ends by itself", "process.exit(0)"],
    [
      "is terminated",
      'require("node:worker_threads").parentPort.postMessage("up"); setInterval(() => {}, 1000)',
    ],
    ["fails", 'throw new Error("worker")'],
  ])("a worker that %s leaves nothing behind", (_, last) => {
    const script = `
      const { Worker } = require("node:worker_threads");
      const code = ${JSON.stringify(`${PRELUDE} start(() => {}); const flushed = start(() => {}).ring; n.ringFlush(flushed); ${last}`)};
      for (let i = 0; i < 3; i++) {
        const worker = new Worker(code, { eval: true });
        worker.on("error", () => {});
        worker.on("message", () => worker.terminate());
        await new Promise((done) => worker.on("exit", done));
        await drop();
      }
      const open = fs.readdirSync("/proc/self/fd").filter((fd) => {
        try { return fs.readlinkSync("/proc/self/fd/" + fd).includes("bpf"); } catch { return false; }
      });
      console.log(open.length);`;
    expect(run(script)).toMatchObject(clean("0\n"));
  });

  it("two workers load at once, each with its own errors", () => {
    const script = `
      const { Worker } = require("node:worker_threads");
      const code = ${JSON.stringify(`${PRELUDE}
        let said = "";
        for (let i = 0; i < 3; i++) {
          start();
          try { n.link([{ name: "broken" + i, bytes: new Uint8Array(8) }]); } catch (error) { said = error.message; }
        }
        require("node:worker_threads").parentPort.postMessage(said.replace(/:.*/, ""));`)};
      const workers = [1, 2].map(() => new Worker(code, { eval: true }));
      const said = await Promise.all(workers.map((worker) => new Promise((done) => worker.on("message", done))));
      console.log(said.join());`;
    expect(run(script)).toMatchObject(clean("link broken2,link broken2\n"));
  });
});
