import type { Page } from "../codes.ts";

/** 20xx: the command line. Exit status 2, but for PWQ2016, which happens while running. */
export const call = {
  PWQ2001: {
    title: "unknown command",
    text: "The first argument is neither a command nor a query. A query is one argument, so the shell must see it in quotes, and it begins with `trace` or another statement of the language. `pwq help` lists the commands.",
    wrong: "pwq explian 'trace drop'",
    right: "pwq explain 'trace drop'",
  },
  PWQ2002: {
    title: "unknown option",
    text: "No option of pwq has this name. `pwq help COMMAND` lists what a command takes. Options of a command that pwq is to start stand after `--` and are left alone.",
    wrong: "pwq run --jsno drops.pwq",
    right: "pwq run --json drops.pwq",
  },
  PWQ2003: {
    title: "an option without its value",
    text: "This option needs a value, as the next argument or after `=`.",
    wrong: "pwq run drops.pwq --limit",
    right: "pwq run drops.pwq --limit 10",
  },
  PWQ2004: {
    title: "not a value of this option",
    text: "The value does not have the form the option takes: a count is a whole number from 1, a duration has a unit (`10s`, `250ms`, `2min`), a size has one too (`16MiB`), and options with a fixed choice take one of their words.",
    wrong: "pwq run drops.pwq --for 10",
    right: "pwq run drops.pwq --for 10s",
  },
  PWQ2005: {
    title: "a value for an option that takes none",
    text: "This option is a switch: it is on when it is there.",
    wrong: "pwq run drops.pwq --json=yes",
    right: "pwq run drops.pwq --json",
  },
  PWQ2006: {
    title: "no program",
    text: "The command needs a program: a file, or with `-e` the text itself. A query alone can be given to pwq directly.",
    wrong: "pwq run",
    right: "pwq run -e 'trace drop'",
  },
  PWQ2007: {
    title: "an argument too many",
    text: "After the program come only parameters, written `name=value`. A command that pwq is to start stands after `--`.",
    wrong: "pwq run drops.pwq 443",
    right: "pwq run drops.pwq port=443",
  },
  PWQ2008: {
    title: "a query without quotes",
    text: "The shell took the query apart into words, and may have acted on some of them: `>` writes a file, `*` lists files, `$x` is replaced. In single quotes it stays as it is.",
    wrong: "pwq trace skb where tcp.dport == 443",
    right: "pwq 'trace skb where tcp.dport == 443'",
  },
  PWQ2009: {
    title: "no command after `--`",
    text: "What follows `--` is started once the trace is attached, and the trace ends shortly after it does. Nothing follows.",
    wrong: "pwq 'trace drop' --",
    right: "pwq 'trace drop' -- ping -c 1 10.0.0.1",
  },
  PWQ2010: {
    title: "the command cannot be started",
    text: "The program after `--` is not there or is not executable. It is started without a shell: for pipes, variables or several commands give one, as in `-- sh -c '…'`. Nothing was traced.",
    wrong: "pwq 'trace drop' -- 'ping -c 1 10.0.0.1'",
    right: "pwq 'trace drop' -- ping -c 1 10.0.0.1",
  },
  PWQ2011: {
    title: "the output file cannot be opened",
    text: "The file of `--output` or `-o` cannot be created or written: its folder is not there, it is a folder, or the rights are missing. It is opened before anything is attached.",
    wrong: "pwq 'trace drop' --output /no/such/folder/drops.txt",
    right: "pwq 'trace drop' --output drops.txt",
  },
  PWQ2012: {
    title: "an option of another command",
    text: "The option exists, but this command would ignore it, and pwq ignores nothing silently. `pwq help COMMAND` lists what the command takes.",
    wrong: "pwq check --json drops.pwq",
    right: "pwq run --json drops.pwq",
  },
  PWQ2013: {
    title: "no such help",
    text: "There is help on every command, on every error code, and on the topics that `pwq help` lists.",
    wrong: "pwq help PWQ9999",
    right: "pwq help PWQ2013",
  },
  PWQ2014: {
    title: "nothing has this name",
    text: "No name matches the pattern. Patterns are matched against the whole name; `*` stands for any characters and `?` for one.",
    wrong: "pwq fields dport",
    right: "pwq fields '*.dport'",
  },
  PWQ2015: {
    title: "nowhere to write to",
    text: "`pwq compile` makes a file and needs its name. It never writes the object to the terminal.",
    wrong: "pwq compile -e 'trace drop'",
    right: "pwq compile -e 'trace drop' -o drop.bpf.o",
  },
  PWQ2016: {
    title: "the output cannot be written",
    text: "Writing failed while the trace ran: the disk is full, or the device has an error. The trace was ended and taken off at once. The summary says how many events are whole in the file; a half-written last line was taken away again where the file allows it.",
  },
  PWQ2017: {
    title: "the ready file cannot be written",
    text: "`--ready-file` is made when everything is attached and the output is open, so that a script can wait for it. Its folder must be there and writable.",
    wrong: "pwq 'trace drop' --ready-file /no/such/folder/ready",
    right: "pwq 'trace drop' --ready-file /tmp/ready",
  },
  PWQ2019: {
    title: "not a recording",
    text: "The file was not written by `pwq run --record`, or was written by a version of pwq with another format, or is cut short.",
    wrong: "pwq replay drops.txt",
    right: "pwq replay drops.pwqr",
  },
  PWQ2020: {
    title: "an option twice",
    text: "The option was given twice with different values, and only one of them can hold.",
    wrong: "pwq run drops.pwq --limit 1 --limit 2",
    right: "pwq run drops.pwq --limit 2",
  },
  PWQ2021: {
    title: "nothing to trace",
    text: "The program has no `trace` statement: it may be meant to be used by others with `use`. `pwq check` accepts it, but there is nothing to run.",
    wrong: "pwq run -e 'def web = tcp.dport == 443'",
    right: "pwq run -e 'def web = tcp.dport == 443; trace skb where web'",
  },
  PWQ2022: {
    title: "no such shell",
    text: "Completions are made for bash, zsh and fish.",
    wrong: "pwq completion csh",
    right: "pwq completion bash",
  },
  PWQ2023: {
    title: "files are split only where there are any",
    text: "`--output-max-size` and `--output-max-age` split the file of `--output`, and `--output-backups`, `--output-keep` and `--output-gzip` say what becomes of finished ones. Each needs those before it.",
    wrong: "pwq 'trace drop' --output-max-size 100MiB",
    right: "pwq 'trace drop' --output drops.txt --output-max-size 100MiB",
  },
  PWQ2024: {
    title: "options that exclude each other",
    text: "Each of the two options says something else about the same thing, so only one of them can be given.",
    wrong: "pwq 'trace skb' --modules nf_nat --all-modules",
    right: "pwq 'trace skb' --modules nf_nat",
  },
  PWQ2025: {
    title: "not a call of pwru",
    text: "What follows `--` is read as pwru 1.0.12 reads it: flags with their values, and the words of a pcap filter. pwru would refuse this call, too.",
    wrong: "pwq from-pwru -- --filter-fnuc 'ip_.*'",
    right: "pwq from-pwru -- --filter-func 'ip_.*'",
  },
  PWQ2026: {
    title: "something of pwru that pwq does not have",
    text: "The flag does something that pwq has no words for. The error says why, what can be done instead, and what the other flags come to.",
    wrong: "pwq from-pwru -- --output-bpfmap port 443",
    right: "pwq from-pwru -- port 443",
  },
} as const satisfies Record<string, Page>;
