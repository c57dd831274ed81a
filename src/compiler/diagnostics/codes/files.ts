import type { Page } from "../codes.ts";

/** 14xx: files of programs, and parameters. */
export const files = {
  PWQ1401: {
    title: "the file is not there",
    text: "A file named by `use` is looked for beside the file that uses it; one named on the command line, in the current folder.",
    wrong: 'use "./no-such-file.pwq"\n\ntrace drop',
  },
  PWQ1402: {
    title: "a folder, not a file",
    text: "A program is a file, by custom with the ending `.pwq`.",
    wrong: 'use "./"\n\ntrace drop',
  },
  PWQ1403: {
    title: "the file is too large",
    text: "A program has at most one megabyte. A larger file is surely not a program, and is not read.",
  },
  PWQ1404: {
    title: "the file is not UTF-8",
    text: "Programs are UTF-8 text. The first byte that is not is shown by its offset. `iconv -f latin1 -t utf-8` converts an older text; a compiled object or a recording is no program.",
  },
  PWQ1405: {
    title: "files that use each other in a circle",
    text: "A file brings in the definitions of another, so it cannot be needed to understand itself. The way round is shown. Move what both need to a third file.",
  },
  PWQ1406: {
    title: "a file that anybody can change",
    text: "The file, or the folder it is in, can be written by every user of this machine, so what it says could be anybody's. Programs run as root; nothing is taken from such a place. `chmod o-w` mends it.",
    wrong: 'use "./open/common.pwq"\n\ntrace drop',
  },
  PWQ1407: {
    title: "not in the library",
    text: "`@name` is a program of the library: one that comes with pwq, one of your own in `~/.local/share/pwq/library`, one of the system's in `/usr/local/share/pwq/library`, or one of a package that `pwq add` has installed (`@package/name`). `pwq list` shows them all.",
    wrong: 'use "@no-such-program"\n\ntrace drop',
  },
  PWQ1408: {
    title: "the file cannot be read",
    text: "The system refuses to read the file, for the reason shown.",
  },
  PWQ1409: {
    title: "not an ordinary file",
    text: "The name belongs to a device, a pipe or a socket. Programs are read from ordinary files, and from standard input with `-`.",
    wrong: 'use "/dev/zero"\n\ntrace drop',
  },
  PWQ1410: {
    title: "not a path of a file",
    text: "`use` takes a path that begins with `./`, `../` or `/`, or the name of a shipped program, which begins with `@`.",
    wrong: 'use "common.pwq"\n\ntrace drop',
    right: 'use "./common.pwq"\n\ntrace drop',
  },
  PWQ1411: {
    title: "a program of the library that belongs to somebody else",
    text: "Programs of the library are taken from files and folders that belong to root or to you (with sudo, to who called it): anybody else could put another program there under the same name. `chown` mends it, after a look at what is there.",
  },
  PWQ1421: {
    title: "a parameter has no value",
    text: "The parameter has no default, so its value must be given on the command line as `name=value`.",
    wrong: "param port: port\n\ntrace skb where tcp.dport == $port",
    right: "param port: port = 443\n\ntrace skb where tcp.dport == $port",
  },
  PWQ1422: {
    title: "the program has no such parameter",
    text: "A value was given on the command line for a name that no `param` statement declares. `pwq info FILE` lists the parameters.",
  },
  PWQ1423: {
    title: "a parameter value of the wrong type",
    text: "The value on the command line is written as in a program, and must be of the type that `param` declares: `port=443`, `net=10.0.0.0/8`, `time=5ms`. Strings and names of interfaces and network namespaces need no quotes.",
  },
  PWQ1424: {
    title: "unknown parameter type",
    text: "The types are `int u8 u16 u32 u64 port duration size string ip cidr mac iface netns bool`.",
    wrong: "param port: number = 443\n\ntrace skb where tcp.dport == $port",
    right: "param port: port = 443\n\ntrace skb where tcp.dport == $port",
  },
  PWQ1425: {
    title: "a default of the wrong type",
    text: "The default of a parameter is a constant of the type that it declares.",
    wrong: 'param port: port = "https"\n\ntrace skb where tcp.dport == $port',
    right: "param port: port = 443\n\ntrace skb where tcp.dport == $port",
  },
} as const satisfies Record<string, Page>;
