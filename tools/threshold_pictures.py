#!/usr/bin/env python3
"""Draws the pictures of docs/arithmetic/thresholds.md: docs/pictures/thresholds.svg and two_roundings.svg.

  threshold_pictures.py [--check]     writes them, or fails where one is not what would be written

All points are computed here, with integers and fractions. The multiplier is that of channel 0 of models/conv_3x3_same_i8.tflite, as
`nputwin explain` prints it for tflite-2.9.1-arm64 (side A) and vip-v8 (side B). The output's zero point is 0.
"""
import math
import os
import sys
from fractions import Fraction

from picture import GREY, INK, Picture

PICTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "docs", "pictures")
LOWEST, HIGHEST = -128, 127
MANTISSA, SHIFT = 1196542480, 8  # A: MANTISSA * 2^-(31 + SHIFT)
SIGNIFICAND, POSITION = 9347988, 32  # B: SIGNIFICAND * 2^-POSITION
CODE = 15  # the one whose beginning is shown
COLOUR_A, COLOUR_B, WINDOW = "#c2410c", "#1d4ed8", "#fde68a"


def clamped(code):
    return min(max(code, LOWEST), HIGHEST)


def half_up(number):
    return math.floor(number + Fraction(1, 2))


def first_rounding(total, mantissa):
    """To the bits above the last shift: an integer, of which 2^shift are a code."""
    return half_up(Fraction(total * mantissa, 1 << 31))


def twice(total, mantissa=MANTISSA, shift=SHIFT):
    """TFLite's two roundings, the second half away from zero."""
    last = Fraction(first_rounding(total, mantissa), 1 << shift)
    return clamped(half_up(abs(last)) * (1 if last >= 0 else -1))


def once(total, significand=SIGNIFICAND, position=POSITION):
    """One rounding, half to even."""
    return clamped(round(Fraction(total * significand, 1 << position)))


def threshold(function, code, lowest=-1 << 24, highest=1 << 24):
    """The least sum whose code is `code` or more; the function rises."""
    while lowest < highest:
        middle = (lowest + highest) // 2
        lowest, highest = (lowest, middle) if function(middle) >= code else (middle + 1, highest)
    return lowest


def moved_thresholds(mantissa, shift):
    """How many of the 255 thresholds the first rounding moves."""
    return sum(threshold(lambda total: twice(total, mantissa, shift), code)
               != threshold(lambda total: once(total, mantissa, 31 + shift), code) for code in range(LOWEST + 1, HIGHEST + 1))


def integers_of(multiplier):
    """(mantissa, shift) of a multiplier below 1/2, as TFLite forms them."""
    shift = 0
    while multiplier < Fraction(1, 2):
        multiplier *= 2
        shift += 1
    return half_up(multiplier * (1 << 31)), shift


def staircase(function, first, last, x_of, y_of):
    """The corners of a function's steps."""
    points, total = [(x_of(first), y_of(function(first)))], first
    while function(last) > function(total):
        code = function(total)
        total = threshold(function, code + 1)
        points += [(x_of(total), y_of(code)), (x_of(total), y_of(function(total)))]
    return points + [(x_of(last), y_of(function(last)))]


def thresholds_picture():
    picture = Picture(760, 560, "A layer's output code over its exact sum, on two sides")
    at_a, at_b = threshold(twice, CODE), threshold(once, CODE)
    left, right = 70, 730

    step = round(1 / Fraction(SIGNIFICAND, 1 << POSITION))
    first, last = at_a - 2 * step - step // 2, at_a + 2 * step + step // 2
    codes = range(once(first), once(last) + 1)
    top, bottom = 70, 230
    x_of = lambda total: left + Fraction(right - left) * (total - first) / (last - first)
    y_of = lambda code: bottom - Fraction(bottom - top) * (code - codes[0]) / (codes[-1] - codes[0])
    picture.text(20, 28, "From afar: the code over the exact sum", weight="bold")
    picture.text(right, 28, "A: rounds twice", "end", COLOUR_A, "bold")
    picture.text(right, 46, "B: rounds once", "end", COLOUR_B, "bold")
    for code in codes:
        picture.line(left, y_of(code), right, y_of(code), "#e5e7eb")
        picture.text(left - 10, y_of(code) + 4, str(code), "end")
    picture.path(staircase(twice, first, last, x_of, y_of), COLOUR_A, "6")
    picture.path(staircase(once, first, last, x_of, y_of), COLOUR_B, "2")
    picture.text(left - 10, bottom + 26, "A", "end", COLOUR_A, "bold")
    picture.text(left - 10, bottom + 44, "B", "end", COLOUR_B, "bold")
    for code in codes[1:]:
        for function, y, colour in ((twice, bottom + 26, COLOUR_A), (once, bottom + 44, COLOUR_B)):
            picture.text(x_of(threshold(function, code)), y, "{:,}".format(threshold(function, code)), "middle", colour,
                         "bold" if code == CODE else "normal")
        picture.line(x_of(threshold(once, code)), y_of(code), x_of(threshold(once, code)), bottom + 12, GREY, dash="2 3")
    picture.text((left + right) / 2, bottom + 66, "the sums at which each code begins: all there is to know of a side", "middle")

    first, last = min(at_a, at_b) - 5, max(at_a, at_b) + 5
    top, bottom = 400, 480
    x_of = lambda total: left + 20 + Fraction(right - left - 40) * (total - first) / (last - first)
    y_of = lambda code: bottom - (bottom - top) * (code - CODE + 1)
    picture.text(20, 350, "One sum at a time, where code %d begins" % CODE, weight="bold")
    half = Fraction(right - left - 40) / (last - first) / 2
    for total in range(min(at_a, at_b), max(at_a, at_b)):
        picture.add("rect", x=x_of(total) - half, y=365, width=2 * half, height=160, fill=WINDOW)
        picture.text(x_of(total), 382, "here alone they differ", "middle")
    for code in (CODE - 1, CODE):
        picture.line(left, y_of(code), right, y_of(code), "#e5e7eb")
        picture.text(left - 10, y_of(code) + 4, str(code), "end")
    for total in range(first, last + 1):
        picture.add("circle", cx=x_of(total), cy=y_of(twice(total)), r="8", fill="none", stroke=COLOUR_A, stroke_width="3")
        picture.add("circle", cx=x_of(total), cy=y_of(once(total)), r="4", fill=COLOUR_B)
        picture.text(x_of(total), bottom + 32, "{:,}".format(total), "middle")
    picture.text((left + right) / 2, bottom + 62, "A begins %d at %s, B at %s. The distance is the number of sums that differ."
                 % (CODE, "{:,}".format(at_a), "{:,}".format(at_b)), "middle")
    return picture.written()


def window_panel(picture, y, mantissa, shift, title):
    """The sums beside the tie below CODE, rounded once and twice by one multiplier."""
    multiplier, unit = Fraction(mantissa, 1 << (31 + shift)), Fraction(1, 1 << shift)
    tie, reach = CODE - Fraction(1, 2), Fraction(5, 2) * unit
    left, right = 90, 740
    x_of = lambda number: (left + right) / Fraction(2) + (right - left - 40) / Fraction(2) * (number - tie) / reach
    picture.text(20, y, title, weight="bold")
    picture.add("rect", x=x_of(tie - unit / 2), y=y + 14, width=x_of(tie) - x_of(tie - unit / 2), height=180, fill=WINDOW)
    picture.line(x_of(tie), y + 14, x_of(tie), y + 194, INK, dash="4 3")
    sums_at, grid_at = y + 56, y + 118
    picture.text(20, sums_at + 4, "sum × M")
    picture.text(20, grid_at + 4, "first")
    picture.text(20, grid_at + 18, "rounding")
    picture.line(left, sums_at, right, sums_at)
    picture.line(left, grid_at, right, grid_at)
    for k in range(-2, 3):
        picture.line(x_of(tie + k * unit), grid_at - 6, x_of(tie + k * unit), grid_at + 6, INK, "2")
        name = "%g" % float(tie) + (" %s %d/%d" % ("+" if k > 0 else "−", abs(k), 1 << shift) if k else "")
        picture.text(x_of(tie + k * unit), grid_at + 22, name, "middle")
    picture.text(20, y + 168, "once", fill=COLOUR_B, weight="bold")
    picture.text(20, y + 188, "twice", fill=COLOUR_A, weight="bold")
    for total in range(math.ceil((tie - reach) / multiplier), math.floor((tie + reach) / multiplier) + 1):
        x, landed = x_of(total * multiplier), first_rounding(total, mantissa) * unit
        in_one, in_two = once(total, mantissa, 31 + shift), twice(total, mantissa, shift)
        differs = in_one != in_two
        picture.line(x, sums_at, x_of(landed), grid_at - 7, COLOUR_A, "3" if differs else "1")
        picture.add("circle", cx=x, cy=sums_at, r="6" if differs else "4", fill=COLOUR_A if differs else INK)
        picture.text(x, sums_at - 12, "{:,}".format(total), "middle", weight="bold" if differs else "normal")
        picture.text(x, y + 168, str(in_one), "middle", COLOUR_B, "bold" if differs else "normal")
        picture.text(x, y + 188, str(in_two), "middle", COLOUR_A, "bold" if differs else "normal")


def two_roundings_picture():
    picture = Picture(760, 500, "The same sums rounded once and twice")
    inverse = 1 / Fraction(MANTISSA, 1 << (31 + SHIFT))
    window_panel(picture, 30, MANTISSA, SHIFT, "1/M = %.2f: a sum lies in the window, and the first rounding lifts it onto the tie" % float(inverse))
    even = 2 * math.ceil(inverse / 2)
    window_panel(picture, 270, *integers_of(1 / (even - Fraction(1, 2000))),
                 "1/M = %d − 1/2000, a little below an even integer: no sum lies in the window" % even)
    picture.text(20, 486, "Yellow: the window, half a unit of the first rounding. Dashed: the tie.")
    return picture.written()


PAGES = {"thresholds.svg": thresholds_picture, "two_roundings.svg": two_roundings_picture}


def main():
    stale = []
    for name, draw in PAGES.items():
        path, fresh = os.path.join(PICTURES, name), draw()
        if "--check" not in sys.argv:
            with open(path, "w", encoding="utf-8") as f:
                f.write(fresh)
            continue
        with open(path, encoding="utf-8") as f:
            if f.read() != fresh:
                stale.append(name)
    if stale:
        sys.exit("stale, repeat without --check: " + ", ".join("docs/pictures/" + name for name in stale))


if __name__ == "__main__":
    main()
