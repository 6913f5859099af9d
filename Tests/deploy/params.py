#!/usr/bin/env python3
"""containers/vrouter/PARAMS.md and common.env.sample beside it, from the program's one table of parameters.

    Tests/deploy/params.py            prints the document
    Tests/deploy/params.py --sample   prints the sample
    Tests/deploy/params.py --write    writes both
"""

import re
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
TABLES = [TOP / "Sources/NodeAgent/Settings" / f"Parameter+{part}.swift" for part in ("Table", "Sections")]
DOCUMENT = TOP / "containers/vrouter/PARAMS.md"
SAMPLE = TOP / "containers/vrouter/common.env.sample"

STRING = r'"((?:[^"\\]|\\.)*)"'
# A call's arguments: string literals whole, so that a parenthesis in one doesn't end it.
ARGUMENTS = r'((?:"(?:[^"\\]|\\.)*"|[^")(])*)'

HEAD = """\
# Parameters

<!-- Made from the program's table by Tests/deploy/params.py; a test fails when they differ. -->

Environment variables, or lines of the file that `--env-file` names; the environment wins. Names, defaults and meanings are
those that vRouter nodes have always had; our own begin with `VROUTER_`. A boolean is on when it is `true`, `yes` or
`enabled`, whatever the case. All malformed values are reported at once, and nothing is done.

*direct*: the value goes into a configuration file as it stands; *indirect*: something is decided or made from it; *secret*: no message
and no report repeats the value. A default in *italics* says where the value comes from.

`VROUTER_AGENT__<SECTION>__<key>=<value>` adds or replaces `key` in `[SECTION]` of contrail-vrouter-agent.conf; `DASH` in
either part stands for `-`. A file with all of them to fill in: [common.env.sample](common.env.sample).
"""


SAMPLE_HEAD = """\
# Every parameter of the vRouter node agent, with its default: remove the '#' before a line to set it.
# Made from the program's table by Tests/deploy/params.py; a test fails when they differ. PARAMS.md has the same as a table.
#
# The file is read as a shell would leave its variables (comments, export, quotes, ${A:-b}, declare -A), and never run by
# one. A variable of the environment wins over the file. An empty value counts as not set.
"""

SAMPLE_TAIL = """\

# ---- Any other key of contrail-vrouter-agent.conf: VROUTER_AGENT__<SECTION>__<key>, DASH stands for '-'
# VROUTER_AGENT__FLOWS__thread_count=8
# VROUTER_AGENT__MACDASHLEARNING__thread_count=2
"""


@dataclass(frozen=True)
class Row:
    name: str
    default: str
    use: str
    meaning: str
    value: str

    def sample(self):
        """Commented out: what it means, and its default, or from where that comes."""
        origin = f" Default: {self.default.strip('*')}." if self.default and not self.value else ""
        end = "" if self.meaning.endswith("…") else "."
        words = textwrap.wrap(f"{self.meaning}{end}{origin}", 116, break_on_hyphens=False, break_long_words=False)
        value = self.value if re.fullmatch(r"[A-Za-z0-9_./:,-]*", self.value) else f'"{self.value}"'
        return "\n" + "".join(f"# {line}\n" for line in words) + f"# {self.name}={value}\n"

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
            secret = ", secret" if re.search(r"secrecy:\s*\.secret\b", arguments) else ""
            rows.append(Row(strings[0], said, use.group(1) + secret, strings[-1], default.group(1) if default else ""))
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


def names():
    return {row.name for _, rows in table() for row in rows}


def document():
    out = [HEAD]
    for title, rows in table():
        out.append(f"## {title}\n| name | default | use | meaning |\n| --- | --- | --- | --- |")
        out.append("\n".join(row.markdown() for row in rows) + "\n")
    return "\n".join(out)


def sample():
    out = [SAMPLE_HEAD]
    for title, rows in table():
        out.append(f"\n# ---- {title.capitalize()}\n")
        out += [row.sample() for row in rows]
    out.append(SAMPLE_TAIL)
    return "".join(out)


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        DOCUMENT.write_text(document())
        SAMPLE.write_text(sample())
    else:
        sys.stdout.write(sample() if sys.argv[1:] == ["--sample"] else document())
