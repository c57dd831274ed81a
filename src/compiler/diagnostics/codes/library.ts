import type { Page } from "../codes.ts";

/** 26xx: the library, and packages of queries. */
export const library = {
  PWQ2601: {
    title: "no query has this tag",
    text: "`pwq list TAG` shows the canned queries that say `@tags TAG`. `pwq list` alone shows all of them, with their tags.",
    wrong: "pwq list firewal",
    right: "pwq list firewall",
  },
  PWQ2602: {
    title: "a folder without package.json",
    text: '`pwq pack FOLDER` makes a package of the programs in a folder. What it is called, and which version it is, stands in a package.json there, as npm has it: `{ "name": "net-checks", "version": "1.0.0" }`. A description, README and LICENSE go with it.',
    wrong: "pwq pack /etc",
  },
  PWQ2603: {
    title: "nothing to pack",
    text: "A package is made of the `.pwq` files of a folder and of folders in it. Those in the folder itself that have a `trace` statement are its queries, `@package/name`; others are used by them.",
    wrong: "pwq pack empty-folder",
  },
  PWQ2605: {
    title: "not a package",
    text: "A package is a tar archive that is compressed with gzip, as `pwq pack` and `npm pack` make it. The file is something else, or a part of it is missing.",
    wrong: "pwq add ./notes.txt",
    right: "pwq add ./net-checks-1.0.0.tgz",
  },
  PWQ2606: {
    title: "a path that a package may not have",
    text: "Everything in a package lies below the folder `package/`, each path once, and is an ordinary file or a folder. Paths that lead elsewhere (`..`, absolute ones), links and devices are refused, and nothing of such an archive is installed.",
  },
  PWQ2607: {
    title: "a package that is too large",
    text: "An archive has at most 4 MiB, its files at most 16 MiB together and 1 MiB each, and there are at most 1000 of them. Packages of queries are far smaller; what is larger could fill the disk.",
  },
  PWQ2608: {
    title: "a manifest that is wrong",
    text: "The package.json of a package has its name and version as npm wants them, and a part `pwq` with the queries, their titles and the checksums of all programs. `pwq pack` writes it; packages of other kinds do not have it.",
  },
  PWQ2609: {
    title: "a checksum that does not fit",
    text: "The programs of a package are those that its manifest lists, with the SHA-256 it gives for each; and an archive is what the registry says. This one was changed or damaged after it was made. Nothing was installed.",
  },
  PWQ2610: {
    title: "a package for a newer pwq",
    text: "The package was made with a newer version of pwq, and may use what this one does not know. Install that version, or an older one of the package.",
  },
  PWQ2611: {
    title: "npm cannot get the package",
    text: "`pwq add npm:NAME` asks the npm that is installed to download the package, with its registry and credentials, and runs none of its scripts. What npm said is shown.",
    wrong: "pwq add npm:no-such-package-of-queries",
  },
  PWQ2612: {
    title: "no such package is installed",
    text: "`pwq remove NAME` removes what `pwq add` has installed for you. `pwq list` shows the queries of packages with the package's name.",
    wrong: "pwq remove net-cheks",
  },
  PWQ2613: {
    title: "an installed package was changed",
    text: "The files of a package are compared with the lock file each time. They are not what was installed, so nothing of them runs. `pwq add` installs the package anew.",
  },
  PWQ2614: {
    title: "nobody has agreed to run this package",
    text: "What a package may do is shown before it runs for the first time, and you are asked once for this content of it. Where nobody can be asked, `--yes` says so; `pwq info` and `pwq explain` show what a query says and does, and run nothing.",
    wrong: "pwq run @net-checks/slow < /dev/null",
    right: "pwq run @net-checks/slow --yes",
  },
  PWQ2615: {
    title: "not a package",
    text: "`pwq add` takes the path of an archive, which begins with `./`, `../` or `/` or ends in `.tgz`, or `npm:` and the name of a package in npm's registry, with a version or without.",
    wrong: "pwq add net-checks",
    right: "pwq add npm:net-checks",
  },
  PWQ2616: {
    title: "the lock file cannot be read",
    text: "`packages.lock.json` says which packages are installed, from where, and with which content. It is not what pwq has written.",
  },
  PWQ2617: {
    title: "a file outside of the package",
    text: "`use` in a package takes files of the same package, and programs of the library by their `@name`: what was agreed to is what was installed, and nothing else.",
  },
} as const satisfies Record<string, Page>;
