#!/usr/bin/env node
// Starts the bundle with code that V8 compiled when it was built: without it, a good part of every start goes into
// compiling. The cache is for one version of Node; with another it is refused, and the program only starts slower.
const { readFileSync, writeFileSync } = require("node:fs");
const { createRequire, wrap } = require("node:module");
const { dirname, join } = require("node:path");
const { Script } = require("node:vm");

const filename = join(__dirname, "pwq.cjs");
const cache = join(__dirname, "pwq.cache");

function read(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

const script = new Script(wrap(readFileSync(filename, "utf8")), { filename, cachedData: read(cache) });
if (process.env.PWQ_WRITE_CODE_CACHE) {
  process.on("exit", () => writeFileSync(cache, script.createCachedData()));
}
const module_ = { exports: {} };
script
  .runInThisContext()
  .call(module_.exports, module_.exports, createRequire(filename), module_, filename, dirname(filename));
