"""Pictures of the documents as SVG: few shapes, the same bytes for the same calls."""
from xml.sax.saxutils import escape

INK, GREY = "#1f2937", "#9ca3af"


class Picture:
    def __init__(self, width, height, title):
        self.lines = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13">'
                      % (width, height, width, height), "<title>%s</title>" % escape(title),
                      '<rect width="%d" height="%d" fill="#ffffff"/>' % (width, height)]

    def add(self, name, **attributes):
        self.lines.append("<%s %s/>" % (name, " ".join('%s="%s"' % (key.replace("_", "-"), self.number(value)) for key, value in attributes.items())))

    @staticmethod
    def number(value):
        return value if isinstance(value, str) else "%.1f" % float(value)

    def text(self, x, y, words, anchor="start", fill=INK, weight="normal"):
        self.lines.append('<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s" font-weight="%s">%s</text>'
                          % (float(x), float(y), anchor, fill, weight, escape(words)))

    def line(self, x1, y1, x2, y2, stroke=GREY, width="1", dash="none"):
        self.add("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_width=width, stroke_dasharray=dash)

    def path(self, points, stroke, width):
        self.add("path", d="M" + " L".join("%.1f,%.1f" % (float(x), float(y)) for x, y in points), fill="none", stroke=stroke, stroke_width=width)

    def written(self):
        return "\n".join(self.lines + ["</svg>", ""])
