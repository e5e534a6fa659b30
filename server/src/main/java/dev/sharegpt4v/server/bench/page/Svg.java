package dev.sharegpt4v.server.bench.page;

import java.util.Locale;

/** Writes one drawing; colours come from the page's classes. */
final class Svg {

    private final StringBuilder out = new StringBuilder();

    Svg(double width, double height, String label) {
        out.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %s %s\" role=\"img\" aria-label=\"%s\">%n",
                number(width),
                number(height),
                escape(label)));
    }

    Svg line(String style, double x1, double y1, double x2, double y2) {
        out.append("<line class=\"").append(style);
        attribute("\" x1", x1);
        attribute("\" y1", y1);
        attribute("\" x2", x2);
        attribute("\" y2", y2);
        out.append("\"/>\n");
        return this;
    }

    /** A box that says {@code tip} when pointed at. */
    Svg box(String style, double x, double y, double width, double height, String tip) {
        out.append("<rect class=\"").append(style);
        attribute("\" x", x);
        attribute("\" y", y);
        attribute("\" width", Math.max(0, width));
        attribute("\" height", Math.max(0, height));
        return end("rect", tip);
    }

    /** A point that says {@code tip} when pointed at. */
    Svg dot(String style, double x, double y, double radius, String tip) {
        out.append("<circle class=\"").append(style);
        attribute("\" cx", x);
        attribute("\" cy", y);
        attribute("\" r", radius);
        return end("circle", tip);
    }

    private Svg end(String element, String tip) {
        out.append(tip.isEmpty() ? "\"/>\n" : "\"><title>" + escape(tip) + "</title></" + element + ">\n");
        return this;
    }

    /** Text that begins, is centred or ends ({@code start}, {@code middle}, {@code end}) at a point. */
    Svg text(String anchor, double x, double y, String text) {
        out.append("<text text-anchor=\"").append(anchor);
        attribute("\" x", x);
        attribute("\" y", y);
        out.append("\">").append(escape(text)).append("</text>\n");
        return this;
    }

    Svg path(String style, CharSequence commands) {
        out.append("<path class=\"")
                .append(style)
                .append("\" d=\"")
                .append(commands)
                .append("\"/>\n");
        return this;
    }

    private void attribute(String name, double value) {
        out.append(name).append("=\"").append(number(value));
    }

    /** Pixels with one digit after the point. */
    static String number(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    /** Text that means nothing to a reader of XML. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    @Override
    public String toString() {
        return out + "</svg>\n";
    }
}
