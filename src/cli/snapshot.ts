/**
 * The first line of a start-up snapshot (nodejs.org/api/v8.html#startup-snapshot-api): a heap in which the program has
 * run once, so that its modules are evaluated, its parser is built and its functions are compiled. What it is run with
 * is put aside: a snapshot must not remember the machine it was made on.
 * Environment: PWQ_WARM_BTF, BTF of a kernel for the run.
 */
import { dirname } from "node:path";
import { startupSnapshot } from "node:v8";
import { placePackage } from "../place.ts";
import { main } from "./main.ts";
import { withAllMethods } from "./missing-methods.ts";
import { warmUp } from "./warm-up.ts";

startupSnapshot.setDeserializeMainFunction(() => {
  // node [OPTIONS] -- DIST/pwq ARGS…
  const [, program = "", ...argv] = process.argv;
  placePackage(dirname(dirname(program)));
  main(argv).then((status) => process.exit(status));
});

void withAllMethods(() => warmUp(process.env.PWQ_WARM_BTF!));
