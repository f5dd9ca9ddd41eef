#!/usr/bin/env python3
"""Draws what a terminal shows as an SVG picture without outside references.

    tmux capture-pane -e -p | python3 tools/terminal_svg.py [--title TEXT] > docs/demo.svg

Reads text with ANSI colours from standard input. Understood are bold, dim and the eight colours; other escapes are
left out. Every character keeps its column, whatever font the viewer has.
"""

import argparse
import html
import re
import sys

ESCAPE = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])")
PLAIN = "#d8dee9"
BACKGROUND = "#11151c"
COLOURS = {30: "#4c566a", 31: "#f07178", 32: "#a3d977", 33: "#ffd866", 34: "#82aaff", 35: "#c792ea", 36: "#7fdbca",
           37: "#eceff4"}
COLUMN, LINE, FONT, MARGIN = 8.4, 18, 14, 16


class Style:
    def __init__(self):
        self.bold = self.dim = False
        self.colour = PLAIN

    def apply(self, parameters):
        for code in (int(p or 0) for p in parameters.split(";")):
            if code == 0:
                self.__init__()
            elif code in (1, 2):
                self.bold, self.dim = self.bold or code == 1, self.dim or code == 2
            elif code == 22:
                self.bold = self.dim = False
            elif code == 39:
                self.colour = PLAIN
            elif code in COLOURS:
                self.colour = COLOURS[code]

    def attributes(self):
        bold = ' font-weight="bold"' if self.bold else ""
        dim = ' opacity="0.5"' if self.dim else ""
        return f' fill="{self.colour}"{bold}{dim}'


def runs(line, style):
    """Pieces of one line that look the same: column, text, attributes."""
    column = 0
    for i, part in enumerate(ESCAPE.split(line)):
        if i % 3 == 0:
            for word in re.finditer(r"\S+(?: \S+)*", part):
                yield column + word.start(), word[0], style.attributes()
            column += len(part)
        elif i % 3 == 1:
            parameters = part
        elif part == "m":
            style.apply(parameters)


def picture(lines, title):
    style = Style()
    texts = []
    columns = 0
    for row, line in enumerate(lines):
        for column, text, attributes in runs(line, style):
            columns = max(columns, column + len(text))
            x, y = MARGIN + column * COLUMN, MARGIN + row * LINE + FONT
            texts.append(f'<text x="{x:.1f}" y="{y}" textLength="{len(text) * COLUMN:.1f}"{attributes}>'
                         f"{html.escape(text)}</text>")
    width, height = 2 * MARGIN + columns * COLUMN, 2 * MARGIN + len(lines) * LINE
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" role="img">',
        f"<title>{html.escape(title)}</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>',
        f'<g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="{FONT}" xml:space="preserve">',
        *texts, "</g>", "</svg>", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--title", default="What the terminal shows")
    arguments = parser.parse_args()
    lines = sys.stdin.read().rstrip().split("\n")
    sys.stdout.write(picture(lines, arguments.title))


if __name__ == "__main__":
    main()
