/**
 * The line at the bottom of the terminal: node:repl's editing, history and multi-line entries, with colours, and with
 * room above it for what comes while somebody types.
 */
import { type REPLServer, Recoverable, start } from "node:repl";
import { highlighted } from "./highlight.ts";
import { historyFile, prepareHistory } from "./history.ts";

export interface PromptHandlers {
  /** A whole entry, possibly of several lines. What it prints goes through `print`. */
  readonly entry: (text: string) => void;
  /** `.name rest` */
  readonly command: (name: string, rest: string) => void;
  /** False: the entry goes on in the next line. */
  readonly isComplete: (text: string) => boolean;
  /** What may stand at the end of `text`, and the part of its end that this replaces. */
  readonly complete: (text: string) => readonly [candidates: readonly string[], prefix: string];
  /** Ctrl-C; true: it was for a trace, and the line stays as it is. */
  readonly interrupt: () => boolean;
}

/**
 * What readline has no public name for. The methods with an underscore are what it calls itself (nodejs/node
 * lib/readline.js, "underscore notation for backward compatibility"); where one is missing there are no colours.
 */
interface Inner {
  prevRows: number;
  clearLine(): void;
  lines?: { level?: unknown[] };
  _refreshLine?(): void;
  _insertString?(text: string): void;
  _writeToOutput?(text: string): void;
}

const PROMPT = "pwq> ";

export class Prompt {
  readonly #server: REPLServer & Inner;
  readonly #handlers: PromptHandlers;
  readonly #color: () => boolean;
  /** Earlier lines of an entry that is not finished. */
  #before = "";
  /** The line stands at the bottom: what is printed has to go above it. */
  #shown = false;

  constructor(handlers: PromptHandlers, color: () => boolean) {
    this.#handlers = handlers;
    this.#color = color;
    this.#server = start({
      prompt: PROMPT,
      terminal: true,
      // Nothing that is typed is evaluated as JavaScript here, so no context is made for it.
      useGlobal: true,
      ignoreUndefined: true,
      preview: false,
      eval: (text, _context, _file, done) => this.#evaluate(text, done),
      completer: (line: string) => this.#complete(line),
    }) as REPLServer & Inner;
    this.#shown = true;
    this.#watchLines();
    this.#takeCommands();
    this.#paint();
    this.#server.removeAllListeners("SIGINT");
    this.#server.on("SIGINT", () => this.#interrupted());
    this.#keepHistory();
  }

  /** Resolves when the user leaves: Ctrl-D, or `close`. */
  get closed(): Promise<void> {
    return new Promise((resolve) => this.#server.once("exit", () => resolve()));
  }

  close(): void {
    this.#server.close();
  }

  /** Prints whole lines above the line that is typed. */
  print(text: string): void {
    if (text === "") return;
    const lines = text.endsWith("\n") ? text : `${text}\n`;
    if (!this.#shown) {
      process.stdout.write(lines);
      return;
    }
    const { rows } = this.#server.getCursorPos();
    process.stdout.write(`${rows > 0 ? `\x1b[${rows}A` : ""}\r\x1b[J${lines}`);
    this.#server.prevRows = 0;
    this.#redraw();
  }

  #redraw(): void {
    if (this.#server._refreshLine) this.#server._refreshLine();
    else this.#server.prompt(true);
  }

  #evaluate(text: string, done: (error: Error | null, result?: undefined) => void): void {
    if (text.trim() !== "" && !this.#handlers.isComplete(text)) {
      this.#before = text;
      done(new Recoverable(new SyntaxError("unfinished")));
      return;
    }
    this.#before = "";
    if (text.trim() !== "") this.#handlers.entry(text.trimEnd());
    done(null);
  }

  #complete(line: string): [string[], string] {
    const [candidates, prefix] = this.#handlers.complete(this.#before + line);
    return [[...candidates], prefix];
  }

  #interrupted(): void {
    if (this.#handlers.interrupt()) return;
    const empty = this.#server.line === "" && this.#before === "";
    this.#server.clearLine();
    if (empty) process.stdout.write("Ctrl-D or .quit leaves pwq\n");
    this.#before = "";
    this.#server.clearBufferedCommand();
    this.#server.displayPrompt();
  }

  /** Between Enter and the next prompt nothing has to be kept free. */
  #watchLines(): void {
    const server = this.#server;
    server.prependListener("line", () => {
      this.#shown = false;
    });
    const display = server.displayPrompt.bind(server);
    server.displayPrompt = (keepCursor?: boolean) => {
      display(keepCursor);
      this.#shown = true;
    };
  }

  /** All commands are ours, also those that do not exist: node:repl has no words for them. */
  #takeCommands(): void {
    const handle = (name: string) => ({
      action: (rest: string) => {
        this.#before = "";
        this.#server.clearBufferedCommand();
        this.#handlers.command(name, rest);
        this.#server.displayPrompt();
      },
    });
    Object.defineProperty(this.#server, "commands", {
      value: new Proxy(Object.create(null), { get: (_, name) => handle(String(name)) }),
    });
  }

  #paint(): void {
    const server = this.#server;
    const { _writeToOutput: write, _insertString: insert, _refreshLine: refresh } = server;
    if (!write || !insert || !refresh) return;
    server._writeToOutput = (text) => {
      const prompt = server.getPrompt();
      const isLine = this.#color() && server.line !== "" && text === prompt + server.line;
      write.call(server, isLine ? prompt + highlighted(server.line, this.#before) : text);
    };
    // readline writes what is added at the end without drawing the line again, but it may change colours before it.
    server._insertString = (text) => {
      insert.call(server, text);
      if (this.#color()) refresh.call(server);
    };
  }

  #keepHistory(): void {
    const file = historyFile();
    if (!prepareHistory(file)) return;
    this.#server.setupHistory(file, (error) => {
      if (error) this.print(`pwq: no history: ${error.message}`);
    });
  }
}
