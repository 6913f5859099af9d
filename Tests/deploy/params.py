#!/usr/bin/env python3
"""containers/vrouter/PARAMS.md from the program's one table of parameters.

    Tests/deploy/params.py            prints the document
    Tests/deploy/params.py --write    writes it
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
TABLES = [TOP / "Sources/NodeAgent/Settings" / f"Parameter+{part}.swift" for part in ("Table", "Sections")]
UNSUPPORTED = TOP / "Sources/NodeAgent/Settings/UnsupportedFeature.swift"
DOCUMENT = TOP / "containers/vrouter/PARAMS.md"

STRING = r'"((?:[^"\\]|\\.)*)"'
# A call's arguments: string literals whole, so that a parenthesis in one doesn't end it.
ARGUMENTS = r'((?:"(?:[^"\\]|\\.)*"|[^")(])*)'

HEAD = """\
# Parameters

<!-- Made from the program's table by Tests/deploy/params.py; a test fails when they differ. -->

Environment variables, or lines of the file that `--env-file` names; the environment wins. Names, defaults and meanings are
those that vRouter nodes have always had; our own begin with `VROUTER_`. A boolean is on when it is `true`, `yes` or
`enabled`, whatever the case. All malformed values are reported at once, and nothing is done.

*direct*: the value goes into a configuration file as it stands; *indirect*: something is decided or made from it. A default in
*italics* says where the value comes from.

`VROUTER_AGENT__<SECTION>__<key>=<value>` adds or replaces `key` in `[SECTION]` of contrail-vrouter-agent.conf; `DASH` in
either part stands for `-`.
"""


@dataclass(frozen=True)
class Row:
    name: str
    default: str
    use: str
    meaning: str

    def markdown(self):
        cells = [f"`{self.name}`", self.default, self.use, self.meaning]
        return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def sections(text):
    """The table's parts, in its order: title and rows."""
    for title, body in re.findall(r"static let (\w+): \[Parameter\] = \[\n(.*?)^  \]", text, re.M | re.S):
        rows = []
        for arguments in re.findall(r"Parameter\(" + ARGUMENTS + r"\)", body):
            strings = re.findall(STRING, arguments)
            default = re.search(r"default:\s*" + STRING, arguments)
            origin = re.search(r"from:\s*" + STRING, arguments)
            use = re.search(r"\.(direct|indirect)\b", arguments)
            if default:
                said = f"`{default.group(1)}`"
            else:
                said = f"*{origin.group(1)}*" if origin else ""
            rows.append(Row(strings[0], said, use.group(1), strings[-1]))
        if body.count("Parameter(") != len(rows):
            raise ValueError(f"{title}: {len(rows)} of {body.count('Parameter(')} parameters understood")
        yield words(title), rows


def table():
    """Every part of the table, over its files."""
    for file in TABLES:
        yield from sections(file.read_text())


def words(name):
    """A name of the program as a heading: configurationAPI is Configuration API."""
    parts = [part if part.isupper() else part.lower() for part in re.findall(r"[A-Z]{2,}|[A-Z]?[a-z]+", name)]
    return " ".join([parts[0].capitalize()] + parts[1:])


def unsupported(text):
    """What is recognised without having its effect: the reason and the parameters."""
    features = re.findall(
        r"UnsupportedFeature\(\s*" + STRING + r"[^\[]*(?:inert: \[[^\]]*\],\s*)?\[(.*?)\]\)", text, re.S
    )
    if text.count("    UnsupportedFeature(") != len(features):
        raise ValueError(f"{len(features)} of {text.count('    UnsupportedFeature(')} features understood")
    for message, body in features:
        yield message, re.findall(r"\(" + STRING + r",\s*" + STRING + r"\)", body)


def names():
    known = {row.name for _, rows in table() for row in rows}
    return known | {name for _, pairs in unsupported(UNSUPPORTED.read_text()) for name, _ in pairs}


def document():
    out = [HEAD]
    for title, rows in table():
        out.append(f"## {title}\n| name | default | use | meaning |\n| --- | --- | --- | --- |")
        out.append("\n".join(row.markdown() for row in rows) + "\n")
    out.append(
        "## Recognised, without effect so far\nA warning names each of these that is set.\n\n"
        "| name | meaning | what is missing |\n| --- | --- | --- |"
    )
    rows = []
    for message, pairs in unsupported(UNSUPPORTED.read_text()):
        rows += [f"| `{name}` | {meaning} | {message} |" for name, meaning in pairs]
    out.append("\n".join(rows) + "\n")
    return "\n".join(out)


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        DOCUMENT.write_text(document())
    else:
        sys.stdout.write(document())
