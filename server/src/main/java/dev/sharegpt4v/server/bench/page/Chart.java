package dev.sharegpt4v.server.bench.page;

import java.util.List;
import java.util.function.Function;
import java.util.stream.DoubleStream;

/**
 * Curves over two axes.
 *
 * @param title above
 * @param x what lies across
 * @param y what stands upright
 * @param series at most eight have colours of their own
 */
public record Chart(String title, Side x, Side y, List<Series> series) {

    private static final double WIDTH = 560;
    private static final double HEIGHT = 300;
    private static final double LEFT = 58;
    private static final double RIGHT = 14;
    private static final double TOP = 14;
    private static final double BOTTOM = 40;
    private static final int COLOURS = 8;

    /**
     * What an axis shows.
     *
     * @param label with its unit
     * @param logarithmic whether equal ratios are equally far apart
     */
    public record Side(String label, boolean logarithmic) {}

    public Chart {
        series = List.copyOf(series);
    }

    /** The drawing with its title and legend. */
    String html() {
        Axis across = Axis.around(values(Series::x), LEFT, WIDTH - RIGHT, x.logarithmic());
        Axis upright = Axis.around(values(Series::y), HEIGHT - BOTTOM, TOP, y.logarithmic());
        Svg svg = new Svg(WIDTH, HEIGHT, title);
        frame(svg, across, upright);
        for (int i = 0; i < series.size(); i++) {
            draw(svg, series.get(i), "s" + i % COLOURS, across, upright);
        }
        return "<figure><figcaption>" + Svg.escape(title) + "</figcaption>\n" + svg + legend() + "</figure>\n";
    }

    private double[] values(Function<Series, double[]> side) {
        return series.stream()
                .flatMapToDouble(one -> DoubleStream.of(side.apply(one)))
                .toArray();
    }

    private void frame(Svg svg, Axis across, Axis upright) {
        for (double tick : upright.ticks()) {
            double at = upright.at(tick);
            svg.line("grid", LEFT, at, WIDTH - RIGHT, at).text("end", LEFT - 6, at + 4, Axis.text(tick));
        }
        for (double tick : across.ticks()) {
            double at = across.at(tick);
            svg.line("grid", at, TOP, at, HEIGHT - BOTTOM).text("middle", at, HEIGHT - BOTTOM + 16, Axis.text(tick));
        }
        svg.text("middle", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, x.label());
        svg.text("start", LEFT + 4, TOP + 12, y.label());
    }

    private static void draw(Svg svg, Series one, String style, Axis across, Axis upright) {
        StringBuilder path = new StringBuilder();
        boolean broken = true;
        for (int i = 0; i < one.x().length; i++) {
            if (!Double.isFinite(one.x()[i]) || !Double.isFinite(one.y()[i])) {
                broken = true;
                continue;
            }
            path.append(broken ? 'M' : 'L')
                    .append(Svg.number(across.at(one.x()[i])))
                    .append(' ')
                    .append(Svg.number(upright.at(one.y()[i])));
            broken = false;
        }
        if (path.isEmpty()) {
            return;
        }
        svg.path("curve " + style, path);
        for (int i = 0; i < one.tips().size(); i++) {
            if (Double.isFinite(one.x()[i]) && Double.isFinite(one.y()[i])) {
                svg.dot(
                        "point " + style,
                        across.at(one.x()[i]),
                        upright.at(one.y()[i]),
                        3.5,
                        one.tips().get(i));
            }
        }
    }

    private String legend() {
        if (series.size() < 2) {
            return "";
        }
        StringBuilder legend = new StringBuilder("<p class=\"legend\">");
        for (int i = 0; i < series.size(); i++) {
            legend.append("<span><i class=\"s")
                    .append(i % COLOURS)
                    .append("\"></i>")
                    .append(Svg.escape(series.get(i).name()))
                    .append("</span> ");
        }
        return legend.append("</p>\n").toString();
    }
}
