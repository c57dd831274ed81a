import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PWQ } from "../cli/pwq.ts";

/** How long something on the screen is waited for: the machine may be busy with other tests. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 100;

/** The prompt in a real terminal: tmux draws it, and what is tested is what a person would see. */
export class Terminal {
  /** Where pwq runs, and where its state is. */
  readonly folder = mkdtempSync(join(tmpdir(), "pwq-repl-"));
  readonly #socket = join(this.folder, "tmux");

  constructor(command = `exec "${PWQ}"`, { columns = 110, rows = 60 } = {}) {
    const env = `export XDG_STATE_HOME='${this.folder}/state' TERM=screen-256color; unset NO_COLOR;`;
    const size = ["-x", String(columns), "-y", String(rows)];
    this.#tmux("-f", "/dev/null", "new-session", "-d", ...size, "-c", this.folder, `${env} ${command}`);
    // So that the last screen can be read after the program has ended.
    this.#tmux("set-option", "remain-on-exit", "on");
  }

  /** Of the program: what starts it has to `exec` it. */
  get pid(): string {
    return this.#tmux("display-message", "-p", "#{pane_pid}").trim();
  }

  type(text: string): void {
    // A semicolon at the end would end tmux's command.
    this.#tmux("send-keys", "-l", text.replace(/;$/, "\\;"));
  }

  /** `Enter`, `Tab`, `C-c`, `Up`: as tmux names them. */
  press(...keys: readonly string[]): void {
    this.#tmux("send-keys", ...keys);
  }

  enter(line: string): void {
    this.type(line);
    this.press("Enter");
  }

  resize(columns: number, rows: number): void {
    this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** What was on the screen and is, without the blank lines below. `colors`: with escape sequences. */
  screen({ colors = false, joined = false } = {}): string {
    const how = [...(colors ? ["-e"] : []), ...(joined ? ["-J"] : [])];
    return this.#tmux("capture-pane", "-p", "-S", "-2000", ...how).trimEnd();
  }

  /** Waits until the screen has it; throws with the screen if it never does. */
  async until(pattern: RegExp | string, options: { readonly colors?: boolean } = {}): Promise<string> {
    let screen = "";
    await this.#wait(() => {
      screen = this.screen(options);
      return typeof pattern === "string" ? screen.includes(pattern) : pattern.test(screen);
    }, `${pattern} is not on the screen`);
    return screen;
  }

  /**
   * Waits until the program has left its terminal. tmux's words for that ("Pane is dead") need the SIGCHLD, which
   * tmux now and then misses; that the terminal was closed it always sees.
   */
  async ended(): Promise<void> {
    const dead = () => this.#tmux("display-message", "-p", "#{pane_dead}").trim() === "1";
    await this.#wait(dead, "the program has not ended");
  }

  async #wait(holds: () => boolean, otherwise: string): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!holds()) {
      if (performance.now() > deadline) throw new Error(`${otherwise}:\n${this.screen()}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  close(): void {
    this.#tmux("kill-server");
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync("tmux", ["-S", this.#socket, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  }
}
