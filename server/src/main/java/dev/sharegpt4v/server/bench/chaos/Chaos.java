package dev.sharegpt4v.server.bench.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.server.bench.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** The whole run: a look before, the load with a look every second, and a look when all is quiet again. */
public final class Chaos {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int SMALL_BUFFER = 4 << 10;
    private static final int USUAL_CONTEXT = 2048;
    /** Errands that wake up what a server makes on first use. */
    private static final int WARM_UP = 32;

    private final Subject subject;
    private final ChaosPlan plan;
    private final ErrandBook book;
    private final Tally tally = new Tally();
    private final List<Gauges> samples = new ArrayList<>();

    /**
     * Chaos for one server.
     *
     * @throws IllegalArgumentException when it does not speak plain HTTP
     * @throws UncheckedIOException when it does not answer
     */
    public Chaos(Target target, String model, ChaosPlan plan) {
        this.subject = new Subject(target);
        this.plan = plan;
        this.book = new ErrandBook(subject.http(), model, context(), plan);
    }

    /**
     * Runs to the end.
     *
     * @param progress hears of seconds that are over and of all
     * @throws UncheckedIOException when the server shows no metrics
     */
    public ChaosReport run(BiConsumer<Long, Long> progress) throws InterruptedException {
        for (int i = 0; i < WARM_UP; i++) {
            Errand errand = book.next();
            tally.add(errand, visit(errand));
        }
        Gauges before = subject.awaitQuiet();
        load(progress);
        Gauges after = subject.awaitQuiet();
        List<Check> checks = List.of(
                Findings.answers(tally),
                Findings.twins(tally),
                Findings.caches(samples),
                Rest.idle(after),
                Rest.handles(before, after),
                Memory.flat(samples),
                Findings.load(tally, book.shown(), plan));
        return new ChaosReport(settings(), tally.rows(), List.copyOf(samples), checks);
    }

    private void load(BiConsumer<Long, Long> progress) throws InterruptedException {
        long end = System.nanoTime() + plan.duration().toNanos();
        long started = System.nanoTime();
        long burstGap = plan.duration().toNanos() / (ChaosPlan.BURSTS + 1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
            for (int i = 0; i < plan.clients(); i++) {
                threads.execute(() -> client(end));
            }
            for (int i = 1; i <= ChaosPlan.BURSTS; i++) {
                Future<?> _ = clock.schedule(() -> threads.execute(this::burst), i * burstGap, TimeUnit.NANOSECONDS);
            }
            CountDownLatch never = new CountDownLatch(1);
            for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
                samples.add(subject.scrape());
                progress.accept(
                        TimeUnit.NANOSECONDS.toSeconds(now - started),
                        plan.duration().toSeconds());
                boolean _ = never.await(Math.min(SECOND.toNanos(), end - now), TimeUnit.NANOSECONDS);
            }
        }
    }

    private void client(long end) {
        Caller kept = null;
        try {
            while (System.nanoTime() < end) {
                Errand errand = book.next();
                boolean plain = errand.manner() == Manner.READS;
                if (!plain) {
                    tally.add(errand, visit(errand));
                    continue;
                }
                if (kept == null) {
                    kept = subject.connect(0);
                }
                Ending ending = Visit.run(errand, kept);
                tally.add(errand, ending);
                if (ending instanceof Ending.Wrong || !kept.isReusable()) {
                    kept.close();
                    kept = null;
                }
            }
        } catch (IOException e) {
            tally.add(book.ofBurst(), new Ending.Wrong("no connection: " + e.getMessage()));
        } finally {
            if (kept != null) {
                kept.close();
            }
        }
    }

    private Ending visit(Errand errand) {
        try (Caller caller = subject.connect(errand.manner() == Manner.READS_SLOWLY ? SMALL_BUFFER : 0)) {
            return Visit.run(errand, caller);
        } catch (IOException e) {
            return new Ending.Wrong("no connection: " + e.getMessage());
        }
    }

    private void burst() {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < plan.burst(); i++) {
                threads.execute(() -> {
                    Errand errand = book.ofBurst();
                    tally.add(errand, visit(errand));
                });
            }
        }
    }

    /** Positions of the served model's context, as the server tells them. */
    private int context() {
        try {
            return new JsonMapper()
                    .readTree(subject.get("/v1/models"))
                    .path("data")
                    .path(0)
                    .path("max_model_len")
                    .asInt(USUAL_CONTEXT);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(subject.url() + "/v1/models is no JSON", e);
        }
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("url", subject.url());
        settings.put("duration", plan.duration().toSeconds() + " s");
        settings.put("clients", plan.clients());
        settings.put("pictures", plan.pictures());
        settings.put("burst", plan.burst());
        settings.put("repeat_share", plan.repeatShare());
        settings.put("text_share", plan.textShare());
        settings.put("seed", plan.seed());
        return settings;
    }
}
