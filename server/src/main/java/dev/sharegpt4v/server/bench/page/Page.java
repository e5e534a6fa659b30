package dev.sharegpt4v.server.bench.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Builds one HTML file from headings, tables and drawings. */
final class Page {

    private final StringBuilder body = new StringBuilder();
    private final String title;

    Page(String title) {
        this.title = title;
        body.append("<h1>").append(Svg.escape(title)).append("</h1>\n");
    }

    Page heading(String text) {
        body.append("<h2>").append(Svg.escape(text)).append("</h2>\n");
        return this;
    }

    /** Names and values, folded away. */
    Page settings(Map<String, Object> settings) {
        body.append("<details><summary>settings</summary><table class=\"settings\">\n");
        settings.forEach((name, value) -> body.append("<tr><th>")
                .append(Svg.escape(name.replace('_', ' ')))
                .append("</th><td>")
                .append(Svg.escape(String.valueOf(value)))
                .append("</td></tr>\n"));
        body.append("</table></details>\n");
        return this;
    }

    Page table(List<String> head, List<List<String>> rows) {
        body.append("<div class=\"scroll\"><table>\n")
                .append(row("th", head))
                .append(rows.stream().map(row -> row("td", row)).collect(Collectors.joining()))
                .append("</table></div>\n");
        return this;
    }

    private static String row(String cell, List<String> texts) {
        return texts.stream()
                .map(text -> "<" + cell + ">" + Svg.escape(text) + "</" + cell + ">")
                .collect(Collectors.joining("", "<tr>", "</tr>\n"));
    }

    /** Charts side by side. */
    Page charts(List<Chart> charts) {
        body.append("<div class=\"charts\">\n");
        charts.forEach(chart -> body.append(chart.html()));
        body.append("</div>\n");
        return this;
    }

    Page timeline(Timeline timeline) {
        body.append(timeline.html());
        return this;
    }

    @Override
    public String toString() {
        return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width\">\n<title>" + Svg.escape(title)
                + "</title>\n<style>\n" + style() + "</style></head>\n<body>\n" + body + "</body></html>\n";
    }

    private static String style() {
        try (InputStream input = Page.class.getResourceAsStream("page.css")) {
            if (input == null) {
                throw new IllegalStateException("the style of reports is not in the jar. This is a bug.");
            }
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
