"""Draws the table of `make bench-learning` as a picture.

    python -m tests.benchmarks.stream_plot docs/learning.md docs/pictures/learning-on.svg

The text may hold anything else around the table.
"""

import argparse
from collections import defaultdict
from pathlib import Path

COLUMNS = 11
LEARNED, FULL = "#c2185b", "#1c1c1c"  # ink of what learned on, and of full trainings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("text", type=Path, help="a file with the table")
    parser.add_argument("picture", type=Path, help="the SVG to write")
    options = parser.parse_args()
    draw(rows_by_kind(options.text.read_text()), options.picture)


def rows_by_kind(text: str) -> dict[str, list[list[str]]]:
    """Return the cells of the table's rows, by kind."""
    rows = defaultdict[str, list[list[str]]](list)
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == COLUMNS and cells[1].isdecimal():
            rows[cells[0]].append(cells)
    return rows


def draw(rows: dict[str, list[list[str]]], picture: Path) -> None:
    """Draw recall and seconds over posts, a column for each kind."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "stream"  # the same table gives the same file
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, len(rows), figsize=(9, 5), sharex=True, sharey="row", layout="constrained")
    for column, (kind, cells) in enumerate(rows.items()):
        posts = [int(row[2]) for row in cells]
        for axis, first, unit in ((axes[0][column], 4, "R@5, %"), (axes[1][column], 9, "seconds")):
            axis.plot(posts, [float(row[first + 1]) for row in cells], color=FULL)
            axis.plot(posts, [float(row[first]) for row in cells], color=LEARNED, marker="o", markersize=3)
            axis.set_ylabel(unit if column == 0 else "")
            axis.grid(alpha=0.2)
        axes[0][column].set_title(kind)
        axes[1][column].set_xlabel("posts")
    figure.legend(["a full training", "learning on"], loc="outside lower center", ncols=2, frameon=False)
    figure.savefig(picture, metadata={"Date": None})


if __name__ == "__main__":
    main()
