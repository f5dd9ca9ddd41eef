#!/usr/bin/env python3
"""Draws what waiting buys: a curve per rate of joining, from the simulator's CSV on standard input.

    for rate in 1 10 100; do
        agon simulate matchmaking --csv --rate $rate --hours $((60 / rate + 1)) --policy immediate,ramp:1,ramp:2,…
    done | python3 tools/matchmaking_svg.py > docs/matchmaking.svg

Each line of the CSV is a point: the mean wait to the right, the mean gap upwards.
"""

import csv
import math
import sys

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 460, 64, 150, 48, 56
COLOURS = ["#c792ea", "#82aaff", "#7fdbca", "#a3d977", "#ffd866", "#f07178"]
INK, FAINT, BACKGROUND = "#d8dee9", "#3b4252", "#11151c"
WAITS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50]
GAPS = [0, 10, 20, 30, 40, 50]


def read(lines):
    """{rate: [(mean wait, mean gap, policy), …]}; headers may come again where several outputs are joined."""
    curves = {}
    for row in csv.DictReader(line for i, line in enumerate(lines) if i == 0 or not line.startswith("rate,")):
        point = float(row["wait_mean_s"]), float(row["gap_mean"]), row["policy"]
        curves.setdefault(float(row["rate"]), []).append(point)
    return dict(sorted(curves.items()))


class Plane:
    def __init__(self, curves):
        waits = [wait for points in curves.values() for wait, _, _ in points]
        self.low, self.high = math.log(min(waits) * 0.8), math.log(max(waits) * 1.3)

    def x(self, wait):
        return LEFT + (math.log(wait) - self.low) / (self.high - self.low) * (WIDTH - LEFT - RIGHT)

    def y(self, gap):
        return HEIGHT - BOTTOM - gap / 55 * (HEIGHT - TOP - BOTTOM)

    def shows(self, wait):
        return self.low <= math.log(wait) <= self.high


def text(x, y, what, anchor="middle", colour=INK, size=12):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="{size}">{what}</text>'


def axes(plane):
    for wait in filter(plane.shows, WAITS):
        x = plane.x(wait)
        yield f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="{FAINT}"/>'
        yield text(x, HEIGHT - BOTTOM + 18, f"{wait:g} s")
    for gap in GAPS:
        y = plane.y(gap)
        yield f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{FAINT}"/>'
        yield text(LEFT - 8, y + 4, gap, "end")
    yield text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, "mean wait")
    yield text(LEFT - 40, TOP - 22, "mean gap between opponents, points", "start")


def curve(plane, rate, points, colour):
    path = "L".join(f"{plane.x(wait):.1f} {plane.y(gap):.1f}" for wait, gap, _ in points)
    yield f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for wait, gap, policy in points:
        yield (f'<circle cx="{plane.x(wait):.1f}" cy="{plane.y(gap):.1f}" r="3.5" fill="{colour}">'
               f"<title>{rate:g} joins/s, {policy}: {wait:.2f} s, {gap:.1f} points</title></circle>")
        if policy.startswith("ramp:"):
            yield text(plane.x(wait) + 6, plane.y(gap) - 6, policy[5:] + " s", "start", colour, 10)


def picture(curves):
    plane = Plane(curves)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img"'
           ' font-family="system-ui, sans-serif">',
           "<title>What waiting buys: mean gap against mean wait, for ramps of different length</title>",
           f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>', *axes(plane)]
    for i, (rate, points) in enumerate(curves.items()):
        colour = COLOURS[i % len(COLOURS)]
        out += curve(plane, rate, points, colour)
        out.append(text(WIDTH - RIGHT + 16, TOP + 22 + 22 * i, f"{rate:g} joins a second", "start", colour, 13))
    out.append(text(WIDTH - RIGHT + 16, TOP + 34 + 22 * len(curves), "small figures: the ramp", "start", INK, 11))
    return "\n".join(out + ["</svg>", ""])


if __name__ == "__main__":
    sys.stdout.write(picture(read(sys.stdin.readlines())))
