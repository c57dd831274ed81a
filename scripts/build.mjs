// Builds what is not TypeScript, and the bundle:
//   node scripts/build.mjs [addon|templates|program|launcher|snapshot]…    (all of them if none is named)
// A step whose inputs have not changed since it last succeeded is skipped.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
process.chdir(ROOT);

/** What is missing when a compiler says one of these, and the Debian packages that bring it. */
const MISSING = [
  [/bpf\/\w+\.h['"]?(:|\s).*(No such file|not found)/, "libbpf's headers", "libbpf-dev"],
  [/pcap\/pcap\.h.*(No such file|not found)/, "libpcap's headers", "libpcap-dev"],
  [/node_api\.h.*(No such file|not found)/, "Node's headers", undefined],
  [/\w+\.h['"]?(:|\s).*(No such file|not found)/, "the C library's headers", "libc6-dev linux-libc-dev"],
  [/cannot find -lbpf/, "libbpf", "libbpf-dev libelf-dev zlib1g-dev"],
];

class BuildError extends Error {}

function run(command, args, packages) {
  const { error, status, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (error?.code === "ENOENT") throw new BuildError(`${command} is missing: apt-get install ${packages}`);
  if (error) throw new BuildError(`${command}: ${error.message}`);
  if (status === 0) return;
  const missing = MISSING.find(([pattern]) => pattern.test(stderr));
  const [, what, from = undefined] = missing ?? [];
  const hint = missing ? `${what} are missing: ${from ? `apt-get install ${from}` : "npm install"}\n` : "";
  throw new BuildError(`${hint}${command} ${args.join(" ")}\n${stderr.trim()}`);
}

const files = (folder, pattern) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true })
        .map((name) => join(folder, name))
        .filter((name) => pattern.test(name))
        .sort()
    : [];

/** All at once or not at all: a program that runs meanwhile keeps the file it has, and two builds do no harm. */
function replace(path, make) {
  mkdirSync(dirname(path), { recursive: true });
  const made = `${path}.${process.pid}`;
  make(made);
  renameSync(made, path);
}

const ADDON = "build/pwq.node";

const addon = {
  inputs: () => files("src/native", /\.[ch]$/),
  outputs: [ADDON],
  build() {
    const sources = files("src/native", /\.c$/);
    const flags = [
      "-std=gnu11",
      "-O2",
      "-g",
      "-Wall",
      "-Wextra",
      "-fPIC",
      "-fvisibility=hidden",
      "-shared",
      "-pthread",
    ];
    replace(ADDON, (path) => {
      run(
        "cc",
        [...flags, "-Inode_modules/node-api-headers/include", ...sources, "-lbpf", "-ldl", "-o", path],
        "gcc libc6-dev libbpf-dev libpcap-dev",
      );
    });
  },
};

const TARGETS = { x86_64: "x86", arm64: "arm64" };
const PARTS = ["kprobe", "programs", "calls", "xdp", "dispatch"];
const template = (part, arch) => `build/bpf/${part}.${arch}.bpf.o`;

const templates = {
  inputs: () => ["src/compiler/layout.ts", "scripts/layout.mjs", ...files("bpf/templates", /\.[ch]$/)],
  outputs: Object.keys(TARGETS).flatMap((arch) => PARTS.map((part) => template(part, arch))),
  async build() {
    const { HEADER, layoutHeader } = await import("./layout.mjs");
    const header = await layoutHeader();
    if (!existsSync(HEADER) || readFileSync(HEADER, "utf8") !== header)
      replace(HEADER, (path) => writeFileSync(path, header));
    for (const [arch, target] of Object.entries(TARGETS)) {
      const flags = [
        "-target",
        "bpf",
        "-mcpu=v3",
        "-g",
        "-O2",
        "-Wall",
        "-Wextra",
        `-D__TARGET_ARCH_${target}`,
      ];
      for (const part of PARTS) {
        replace(template(part, arch), (path) => {
          run("clang", [...flags, "-c", `bpf/templates/${part}.bpf.c`, "-o", path], "clang libbpf-dev");
        });
      }
    }
  },
};

const CLI = "dist/cli.js";
const BUNDLE = "dist/pwq.cjs";
const LAUNCHER = "dist/pwq";
/** The same program as BUNDLE, to make a snapshot of. */
const SNAPSHOT_SOURCE = "build/snapshot.cjs";
/** For the run in the snapshot; any kernel's will do. */
const SNAPSHOT_BTF = "test/fixtures/btf/6.12.btf.gz";

/** esbuild: one script of an entry and all it needs. Not a module: code caches and snapshots are of plain scripts. */
async function bundle(entry, options) {
  const esbuild = await import("esbuild");
  const settings = {
    entryPoints: [entry],
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    write: false,
    legalComments: "eof",
    banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
    define: { "import.meta.url": "importMetaUrl" },
    logLevel: "silent",
    plugins: [lateBuiltins],
    ...options,
  };
  const { outputFiles } = await esbuild.build(settings).catch(async ({ errors, message }) => {
    const lines = errors ? await esbuild.formatMessages(errors, { kind: "error" }) : [message];
    throw new BuildError(lines.join("").trim());
  });
  return outputFiles[0].contents;
}

/** Node's modules that every start needs, and that it therefore has in its own snapshot. */
const EARLY_BUILTINS = new Set(["buffer", "fs", "os", "path", "url", "util", "v8"]);

/** All others are loaded when something of them is used: some take longer than a whole start without them. */
const lateBuiltins = {
  name: "late-builtins",
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path }) =>
      EARLY_BUILTINS.has(path.slice("node:".length)) ? undefined : { path, namespace: "late" },
    );
    build.onLoad({ filter: /^node:/, namespace: "late" }, async ({ path }) => {
      const getters = Object.keys(await import(path))
        .filter((name) => name !== "default")
        .map((name) => `get ${name}() { return process.getBuiltinModule("${path}").${name}; }`);
      return { contents: `module.exports = { ${getters.join(", ")} };`, loader: "js" };
    });
  },
};

const program = {
  inputs: () => [
    "package.json",
    "package-lock.json",
    "scripts/launcher.cjs",
    ...files("src", /\.(ts|json)$/),
    ...files("grammar", /\.ts$/),
  ],
  outputs: [CLI, BUNDLE, SNAPSHOT_SOURCE],
  async build() {
    const [plain, forSnapshot] = await Promise.all([
      bundle("src/cli/start.ts"),
      // Every start reads the source with the snapshot.
      bundle("src/cli/snapshot.ts", { minifyWhitespace: true, minifySyntax: true }),
    ]);
    replace(BUNDLE, (path) => writeFileSync(path, plain));
    replace(SNAPSHOT_SOURCE, (path) => writeFileSync(path, forSnapshot));
    writeFileSync("dist/package.json", '{ "type": "commonjs" }\n');
    replace(CLI, (path) => {
      writeFileSync(path, readFileSync("scripts/launcher.cjs"));
      chmodSync(path, 0o755);
    });
    // What this run compiles is kept for later ones. It may fail (no BTF here): then less is kept.
    const query = "trace skb where tcp.dport == 443 until drop show mark, netns";
    const env = { ...process.env, PWQ_WRITE_CODE_CACHE: "1" };
    spawnSync(process.execPath, [CLI, "explain", "-e", query], { env, stdio: "ignore" });
  },
};

/** Node's options with a snapshot, and when it is made. */
const NODE_FLAGS = [
  // MB: nothing that a start allocates needs to be collected.
  "--min-semi-space-size=8",
  // Bytes of code run until a function is compiled anew, 132 KB otherwise: at the start few are worth it.
  "--interrupt-budget=1000000",
];

const launcher = {
  inputs: () => files("src/launcher", /\.[ch]$/),
  outputs: [LAUNCHER],
  build() {
    const flags = ["-std=gnu11", "-O2", "-Wall", "-Wextra"];
    const nodeFlags = NODE_FLAGS.map((flag) => `"${flag}",`).join(" ");
    const sources = files("src/launcher", /\.c$/);
    replace(LAUNCHER, (path) => {
      const args = [...flags, `-DPWQ_NODE_FLAGS=${nodeFlags}`, ...sources, "-o", path];
      // Static starts faster, but not every system has the C library so.
      if (spawnSync("cc", [...args, "-static"], { stdio: "ignore" }).status !== 0)
        run("cc", args, "gcc libc6-dev");
    });
  },
};

/** Where the launcher looks for the snapshot on this machine. */
const snapshotPath = () =>
  spawnSync(LAUNCHER, { env: { ...process.env, PWQ_SNAPSHOT: "name" }, encoding: "utf8" }).stdout.trim();

const snapshot = {
  needs: ["program", "launcher"],
  inputs: () => [SNAPSHOT_SOURCE, SNAPSHOT_BTF, LAUNCHER],
  get outputs() {
    return [snapshotPath()];
  },
  build() {
    const path = snapshotPath();
    for (const old of files("dist", /snapshot-[^/]*\.blob$/)) rmSync(old, { force: true });
    const scratch = mkdtempSync(join(tmpdir(), "pwq-snapshot-"));
    try {
      const btf = join(scratch, "btf");
      writeFileSync(btf, gunzipSync(readFileSync(SNAPSHOT_BTF)));
      const env = { ...process.env, PWQ_WARM_BTF: btf, NODE_OPTIONS: "" };
      replace(path, (blob) => {
        const args = [...NODE_FLAGS, "--snapshot-blob", blob, "--build-snapshot", SNAPSHOT_SOURCE];
        const { status, stderr } = spawnSync("node", args, { env, encoding: "utf8" });
        if (status !== 0) throw new BuildError(`node ${args.join(" ")}\n${stderr.trim()}`);
      });
    } finally {
      rmSync(scratch, { recursive: true });
    }
  },
};

const STEPS = { addon, templates, program, launcher, snapshot };

function fingerprint({ inputs }) {
  const hash = createHash("sha256");
  // Flags are in this file.
  for (const file of ["scripts/build.mjs", ...inputs()])
    hash.update(file).update("\0").update(readFileSync(file));
  return hash.digest("hex");
}

async function main(names) {
  const unknown = names.find((name) => !(name in STEPS));
  if (unknown) throw new BuildError(`no step ${unknown}; there are ${Object.keys(STEPS).join(", ")}`);
  for (const name of names.length > 0 ? names : Object.keys(STEPS)) {
    const step = STEPS[name];
    const stamp = `build/.${name}`;
    const now = fingerprint(step);
    const done = step.outputs.every(existsSync) && existsSync(stamp) && readFileSync(stamp, "utf8") === now;
    if (done) continue;
    await step.build();
    mkdirSync("build", { recursive: true });
    // Inputs may have been written by the step itself.
    writeFileSync(stamp, fingerprint(step));
    console.error(`built ${step.outputs.join(", ")}`);
  }
}

main(process.argv.slice(2)).catch((error) => {
  if (!(error instanceof BuildError)) throw error;
  console.error(`build: ${error.message}`);
  process.exitCode = 1;
});
