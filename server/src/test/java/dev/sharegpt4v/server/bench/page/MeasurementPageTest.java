package dev.sharegpt4v.server.bench.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.bench.Attempt;
import dev.sharegpt4v.server.bench.ClosedLoop;
import dev.sharegpt4v.server.bench.Figures;
import dev.sharegpt4v.server.bench.Goodput;
import dev.sharegpt4v.server.bench.Outcome;
import dev.sharegpt4v.server.bench.Report;
import dev.sharegpt4v.server.bench.Result;
import dev.sharegpt4v.server.bench.Run;
import dev.sharegpt4v.server.bench.TokenCount;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

final class MeasurementPageTest {

    private static final long MS = 1_000_000;

    /** Three answers and a failure. */
    private static Result result(int clients) {
        List<Attempt> attempts = new ArrayList<>();
        List<Integer> pictures = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            long sent = 10L * i * MS;
            List<Long> chunks = List.of(sent + 5 * MS, sent + 7 * MS, sent + 9 * MS, sent + 30 * MS);
            attempts.add(new Attempt(sent, new Outcome.Answered(sent, chunks, new TokenCount(50 + i, 4, true))));
            pictures.add(i % 2);
        }
        attempts.add(new Attempt(0, new Outcome.Failed(0, "http 429", "<later> & \"again\"")));
        pictures.add(1);
        Run run = new Run(new ClosedLoop(clients), attempts, pictures, 0, 100 * MS);
        return new Result(run, Figures.of(run, Optional.of(Goodput.parse(List.of("ttft:6")))));
    }

    private static Report report(int... clients) {
        List<Result> results = new ArrayList<>();
        for (int each : clients) {
            results.add(result(each));
        }
        return new Report(Map.of("model", "a <b> & \"c\"", "url", "http://h"), results, List.of(50.0, 99.0));
    }

    /** Each drawing is well-formed XML on its own; a browser forgives more than a reader of SVG. */
    private static List<Element> drawings(String page) throws IOException, SAXException, ParserConfigurationException {
        List<Element> drawings = new ArrayList<>();
        for (int at = page.indexOf("<svg"); at >= 0; at = page.indexOf("<svg", at + 1)) {
            String svg = page.substring(at, page.indexOf("</svg>", at) + "</svg>".length());
            drawings.add(DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(svg)))
                    .getDocumentElement());
        }
        return drawings;
    }

    private static int count(Element drawing, String element, String style) {
        NodeList found = drawing.getElementsByTagName(element);
        int count = 0;
        for (int i = 0; i < found.getLength(); i++) {
            count += ((Element) found.item(i)).getAttribute("class").startsWith(style) ? 1 : 0;
        }
        return count;
    }

    @Test
    void aSweepHasCurvesSpreadsAndATimelineForEachRun() throws Exception {
        String page = MeasurementPage.of(report(1, 2));
        List<Element> drawings = drawings(page);
        assertThat(page).startsWith("<!doctype html>").contains("1 client", "2 clients", "goodput/s", "http 429: 1");
        assertThat(page).doesNotContain("<b>", "http-equiv", "src=", "<script");
        assertThat(page).contains("a &lt;b&gt; &amp; &quot;c&quot;");
        assertThat(drawings.stream().map(drawing -> drawing.getAttribute("aria-label")))
                .contains("Time to the first token over throughput", "timeline of 1 client", "timeline of 2 clients");
        Element sweep = drawings.getFirst();
        assertThat(count(sweep, "path", "curve")).isEqualTo(2);
        assertThat(count(sweep, "circle", "point")).isEqualTo(4);
    }

    @Test
    void aTimelineShowsWhoComesInAndRunsAndEveryGap() throws Exception {
        Element timeline = drawings(MeasurementPage.of(report(1))).getLast();
        assertThat(count(timeline, "rect", "picture")).isEqualTo(1);
        assertThat(count(timeline, "rect", "text")).isEqualTo(2);
        assertThat(count(timeline, "rect", "wait")).isEqualTo(3);
        assertThat(count(timeline, "rect", "decode")).isEqualTo(3);
        assertThat(count(timeline, "line", "median")).isEqualTo(1);
        NodeList gaps = timeline.getElementsByTagName("path");
        assertThat(((Element) gaps.item(0)).getAttribute("d").split("M", -1)).hasSize(1 + 9);
    }

    @Test
    void nothingAnsweredIsAPageWithoutDrawings() throws Exception {
        Run run = new Run(
                new ClosedLoop(1),
                List.of(new Attempt(0, new Outcome.Failed(0, "timeout", "late"))),
                List.of(0),
                0,
                5 * MS);
        Result nothing = new Result(run, Figures.of(run, Optional.empty()));
        String page = MeasurementPage.of(new Report(Map.of(), List.of(nothing), List.of(50.0)));
        assertThat(page).contains("0 of 1", "timeout: 1").doesNotContain("NaN");
        assertThat(drawings(page))
                .allSatisfy(
                        drawing -> assertThat(count(drawing, "path", "curve")).isZero());
    }

    @Test
    void curvesBreakWhereAValueIsMissing() {
        String html = new Chart(
                        "t",
                        new Chart.Side("x", false),
                        new Chart.Side("y", false),
                        List.of(Series.line("one", new double[] {1, 2, 3, 4}, new double[] {1, Double.NaN, 2, 3})))
                .html();
        assertThat(html.replaceAll("(?s).*class=\"curve s0\" d=\"([^\"]*)\".*", "$1")
                        .replaceAll("[^ML]", ""))
                .isEqualTo("MML");
    }
}
