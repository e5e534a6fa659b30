package dev.sharegpt4v.server.bench.chaos;

import dev.sharegpt4v.server.bench.Distribution;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One well-bred client who asks the same small question again and again, and how long it waits. */
final class Control {

    private static final long PAUSE_MILLIS = 50;

    /** Beside well-formed requests the machine's own noise is that large. */
    private static final double SLACK = 1.25;

    private static final double SLACK_MILLIS = 20;

    private final Subject subject;
    private final byte[] question;

    Control(Subject subject, String model) {
        this.subject = subject;
        this.question = subject.http()
                .chat(
                        "{\"model\":\"" + model
                                + "\",\"max_tokens\":1,\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":\"Hello?\"}]}");
    }

    /** Waits in milliseconds, and what went wrong. */
    record Waits(List<Double> millis, List<String> failures) {

        Optional<Distribution> spread() {
            return Distribution.of(
                    millis.stream().mapToDouble(Double::doubleValue).toArray());
        }
    }

    /** Asks until the latch is down. */
    Waits until(CountDownLatch end) throws InterruptedException {
        List<Double> millis = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        while (!end.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
            long started = System.nanoTime();
            try (Caller caller = subject.connect(0)) {
                caller.send(question, question.length);
                Answer answer = caller.receive().readAll();
                if (answer.status() == 200) {
                    millis.add((System.nanoTime() - started) / 1e6);
                } else if (answer.status() != 429 && answer.status() != 503) {
                    failures.add(answer.status() + " " + answer.body());
                }
            } catch (IOException e) {
                failures.add(String.valueOf(e.getMessage()));
            }
        }
        return new Waits(millis, failures);
    }

    /** Its 99th percentile beside the mutations is that beside as many well-formed requests. */
    static Check steady(Waits before, Waits beside) {
        List<String> failures = new ArrayList<>(before.failures());
        failures.addAll(beside.failures());
        if (before.spread().isEmpty() || beside.spread().isEmpty()) {
            return new Check("a control request waits no longer", false, "it was never answered", failures);
        }
        Distribution first = before.spread().get();
        Distribution last = beside.spread().get();
        double most = Math.max(first.percentile(99) * SLACK, first.percentile(99) + SLACK_MILLIS);
        return new Check(
                "a control request waits no longer",
                last.percentile(99) <= most && failures.isEmpty(),
                String.format(
                        Locale.ROOT,
                        "p99 %.0f ms beside mutations (p50 %.0f, %d asked), %.0f ms beside well-formed requests (p50 %.0f, %d"
                                + " asked)",
                        last.percentile(99),
                        last.median(),
                        last.count(),
                        first.percentile(99),
                        first.median(),
                        first.count()),
                failures.subList(0, Math.min(failures.size(), 5)));
    }
}
