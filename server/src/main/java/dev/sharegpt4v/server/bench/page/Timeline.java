package dev.sharegpt4v.server.bench.page;

import dev.sharegpt4v.server.bench.Distribution;
import dev.sharegpt4v.server.bench.Outcome;
import dev.sharegpt4v.server.bench.Run;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A run from left to right: what comes in, who is answered, and below every gap between two tokens of a stream. A prompt or a
 * picture that makes running streams wait shows as dots above the others, under the mark of what came in.
 */
final class Timeline {

    private static final double WIDTH = 1140;
    private static final double LEFT = 58;
    private static final double RIGHT = 14;
    private static final double ARRIVALS = 56;
    private static final double GAP = 26;
    private static final double GAPS = 240;
    private static final double BOTTOM = 40;
    private static final int MOST_ROW_PIXELS = 320;
    private static final double MILLISECOND = 1e6;
    private static final double SECOND = 1e9;

    /** One answered request. */
    private record Answer(Outcome.Answered outcome, int pictures) {}

    private final Run run;
    private final List<Answer> answers = new ArrayList<>();
    private final Axis time;

    Timeline(Run run) {
        this.run = run;
        for (int i = 0; i < run.attempts().size(); i++) {
            if (run.attempts().get(i).outcome() instanceof Outcome.Answered answered) {
                answers.add(new Answer(answered, run.pictures().get(i)));
            }
        }
        answers.sort(Comparator.comparingLong(answer -> answer.outcome().sent()));
        this.time = Axis.around(new double[] {run.nanos() / SECOND}, LEFT, WIDTH - RIGHT, false);
    }

    /** The drawing; nothing when no request was answered. */
    String html() {
        if (answers.isEmpty()) {
            return "";
        }
        int[] rows = Lanes.rows(answers.stream()
                .map(answer ->
                        new long[] {answer.outcome().sent(), answer.outcome().ended()})
                .toList());
        int lanes = 1 + Arrays.stream(rows).max().orElse(0);
        double pitch = Math.min(12, (double) MOST_ROW_PIXELS / lanes);
        double lanesTop = ARRIVALS + GAP;
        double gapsTop = lanesTop + lanes * pitch + GAP;
        double height = gapsTop + GAPS + BOTTOM;
        Svg svg = new Svg(WIDTH, height, "timeline of " + run.load().label());
        for (double tick : time.ticks()) {
            svg.line("grid", time.at(tick), 14, time.at(tick), height - BOTTOM)
                    .text("middle", time.at(tick), height - BOTTOM + 16, Axis.text(tick));
        }
        svg.text("middle", WIDTH / 2, height - 6, "seconds");
        arrivals(svg);
        for (int i = 0; i < rows.length; i++) {
            lane(svg, answers.get(i), lanesTop + rows[i] * pitch, pitch);
        }
        svg.text("start", LEFT + 4, lanesTop - 6, "running requests");
        gaps(svg, gapsTop);
        return "<figure class=\"wide\"><figcaption>Timeline, "
                + Svg.escape(run.load().label()) + "</figcaption>\n"
                + svg + "<p class=\"legend\"><span><i class=\"text\"></i>prompt of words comes in</span> "
                + "<span><i class=\"picture\"></i>prompt with pictures comes in</span> "
                + "<span><i class=\"wait\"></i>until the first token</span> <span><i class=\"decode\"></i>tokens come"
                + "</span> <span><i class=\"gap\"></i>gap between two tokens of a stream</span></p></figure>\n";
    }

    /** A tick for each request that comes in, as tall as its prompt is long. */
    private void arrivals(Svg svg) {
        double longest = answers.stream()
                .mapToInt(answer -> answer.outcome().tokens().prompt())
                .max()
                .orElse(0);
        double ground = ARRIVALS;
        svg.line("frame", LEFT, ground, WIDTH - RIGHT, ground);
        svg.text("start", LEFT + 4, 12, "prompts, up to " + Axis.text(longest) + " tokens");
        for (Answer answer : answers) {
            int tokens = answer.outcome().tokens().prompt();
            double size = longest == 0 ? 12 : 4 + (ARRIVALS - 22) * tokens / longest;
            svg.box(
                    answer.pictures() > 0 ? "picture" : "text",
                    at(answer.outcome().sent()) - 1,
                    ground - size,
                    2,
                    size,
                    "%d tokens, %d pictures".formatted(tokens, answer.pictures()));
        }
    }

    private void lane(Svg svg, Answer answer, double top, double pitch) {
        Outcome.Answered outcome = answer.outcome();
        double sent = at(outcome.sent());
        double first = at(outcome.chunks().getFirst());
        double height = Math.max(1, pitch - 2);
        String tip = String.format(
                Locale.ROOT,
                "%d prompt tokens, %d pictures; TTFT %.1f ms, %d tokens in %.1f ms",
                outcome.tokens().prompt(),
                answer.pictures(),
                outcome.firstTokenNanos() / MILLISECOND,
                outcome.tokens().output(),
                outcome.totalNanos() / MILLISECOND);
        svg.box("wait", sent, top, first - sent, height, tip);
        svg.box("decode", first, top, Math.max(0.7, at(outcome.ended()) - first), height, tip);
    }

    private void gaps(Svg svg, double top) {
        double[] values = answers.stream()
                .flatMapToDouble(
                        answer -> Arrays.stream(answer.outcome().gaps()).mapToDouble(gap -> gap / MILLISECOND))
                .toArray();
        Optional<Distribution> spread = Distribution.of(values);
        if (spread.isEmpty()) {
            return;
        }
        double median = spread.get().median();
        double max = spread.get().max();
        // Chunks that were read together have gaps of microseconds, which say nothing about the server.
        Axis axis = Axis.around(new double[] {Math.max(median / 20, 1e-3), 3 * median, max}, top + GAPS, top, true);
        for (double tick : axis.ticks()) {
            svg.line("grid", LEFT, axis.at(tick), WIDTH - RIGHT, axis.at(tick))
                    .text("end", LEFT - 6, axis.at(tick) + 4, Axis.text(tick));
        }
        svg.path("gaps", dots(axis));
        svg.line("median", LEFT, axis.at(median), WIDTH - RIGHT, axis.at(median));
        svg.line("limit", LEFT, axis.at(3 * median), WIDTH - RIGHT, axis.at(3 * median));
        svg.text("end", WIDTH - RIGHT - 4, axis.at(median) - 4, String.format(Locale.ROOT, "median %.2f ms", median));
        svg.text("end", WIDTH - RIGHT - 4, axis.at(3 * median) - 4, "3 × median");
        svg.text(
                "start",
                LEFT + 4,
                top - 6,
                String.format(
                        Locale.ROOT,
                        "ITL in ms: the largest is %.2f, %.1f times the median",
                        max,
                        max / Math.max(median, 1e-9)));
    }

    /** One dot for each half pixel that some gap falls on. */
    private StringBuilder dots(Axis axis) {
        Set<Long> drawn = new HashSet<>();
        StringBuilder path = new StringBuilder();
        for (Answer answer : answers) {
            List<Long> chunks = answer.outcome().chunks();
            for (int i = 1; i < chunks.size(); i++) {
                long x = Math.round(2 * at(chunks.get(i)));
                long y = Math.round(2 * axis.at((chunks.get(i) - chunks.get(i - 1)) / MILLISECOND));
                if (drawn.add(x << 32 | y)) {
                    path.append('M')
                            .append(Svg.number(x / 2.0))
                            .append(' ')
                            .append(Svg.number(y / 2.0))
                            .append("h0");
                }
            }
        }
        return path;
    }

    private double at(long nanos) {
        return time.at((nanos - run.started()) / SECOND);
    }
}
