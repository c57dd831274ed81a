import { defineConfig } from "vitest/config";

// Unit tests are pure, so they share threads without isolation (six times faster to start).
// The lab tests under test/lab/ are run by scripts/test, not by vitest.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/lab/**", "node_modules/**"],
    pool: "threads",
    isolate: false,
    // Programs are started and traced, and the machine may be busy; speed is measured in bench/.
    testTimeout: 30_000,
  },
});
