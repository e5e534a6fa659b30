package dev.sharegpt4v.server.bench.chaos;

import dev.sharegpt4v.server.bench.Target;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Sends requests that went wrong, as many as the plan says, beside a client who wants an answer. */
public final class MutationRun {

    private static final int WARM_UP = 200;

    /** Well-formed requests before the mutations, for one of so many of them. */
    private static final int SHARE = 20;

    private final Subject subject;
    private final String model;
    private final MutationPlan plan;
    private final Mutations mutations;
    private final MutationTally tally = new MutationTally();
    private final List<Gauges> samples = new ArrayList<>();

    /** Mutations for one server, which speaks plain HTTP. */
    public MutationRun(Target target, String model, MutationPlan plan) {
        this.subject = new Subject(target);
        this.model = model;
        this.plan = plan;
        this.mutations = new Mutations(subject.http(), model, plan.seed());
    }

    /**
     * Runs to the end.
     *
     * @param progress hears of mutations that were sent and of all
     */
    public MutationReport run(BiConsumer<Long, Long> progress) throws InterruptedException {
        long formed = Math.max(plan.clients(), plan.count() / SHARE);
        load(Math.min(WARM_UP, formed), false, (_, _) -> {});
        Gauges before = subject.awaitQuiet();
        Control.Waits alone = load(formed, false, (_, _) -> {});
        subject.awaitQuiet();
        samples.clear();
        Control.Waits beside = load(plan.count(), true, progress);
        Gauges after = subject.awaitQuiet();
        List<Check> checks = List.of(
                tally.check(),
                Control.steady(alone, beside),
                Memory.flat(samples),
                Findings.caches(samples),
                Rest.idle(after),
                Rest.handles(before, after));
        return new MutationReport(settings(), tally, samples, checks);
    }

    private Control.Waits load(long count, boolean mutated, BiConsumer<Long, Long> progress)
            throws InterruptedException {
        AtomicLong next = new AtomicLong();
        CountDownLatch clients = new CountDownLatch(plan.clients());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Control.Waits> control = threads.submit(() -> new Control(subject, model).until(clients));
            for (int i = 0; i < plan.clients(); i++) {
                threads.execute(() -> {
                    try {
                        client(next, count, mutated);
                    } finally {
                        clients.countDown();
                    }
                });
            }
            do {
                samples.add(subject.scrape());
                progress.accept(Math.min(count, next.get()), count);
            } while (!clients.await(1, TimeUnit.SECONDS));
            return control.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the control client failed", e.getCause());
        }
    }

    private void client(AtomicLong next, long count, boolean mutated) {
        Caller kept = null;
        try {
            for (long number = next.getAndIncrement(); number < count; number = next.getAndIncrement()) {
                kept = mutated ? mutant(number, kept) : original(number, kept);
            }
        } finally {
            close(kept);
        }
    }

    private static void close(@Nullable Caller caller) {
        if (caller != null) {
            caller.close();
        }
    }

    /** Sends a well-formed request; what comes of it is not judged here, the routes may be others'. */
    private @Nullable Caller original(long number, @Nullable Caller kept) {
        try {
            Caller caller = kept == null ? subject.connect(0) : kept;
            byte[] request = mutations.original(number);
            caller.send(request, request.length);
            Answer _ = caller.receive().readAll();
            return reusable(caller);
        } catch (IOException e) {
            close(kept);
            return null;
        }
    }

    private static @Nullable Caller reusable(Caller caller) {
        if (caller.isReusable()) {
            return caller;
        }
        caller.close();
        return null;
    }

    /** Sends a request that went wrong; one whose framing is wrong has a connection of its own. */
    private @Nullable Caller mutant(long number, @Nullable Caller kept) {
        Mutant mutant = mutations.mutant(number);
        Caller caller = null;
        try {
            caller = mutant.framed() && kept != null ? kept : subject.connect(0);
            send(mutant, caller);
            long started = System.nanoTime();
            Caller.Incoming incoming = caller.receive();
            if (mutant.leaves() && incoming.status() == 200) {
                leave(mutant, incoming);
                caller.close();
                return null;
            }
            Answer answer = incoming.readAll();
            tally.answered(number, mutant, answer);
            tally.took(number, mutant, (System.nanoTime() - started) / 1e6);
            if (mutant.kind() == Mutant.Kind.BATCH && answer.status() == 200 && caller.isReusable()) {
                new BatchErrand(subject.http(), caller, tally).go(number, answer);
            }
            if (mutant.framed()) {
                return reusable(caller);
            }
            caller.close();
            return kept;
        } catch (SocketTimeoutException e) {
            tally.wrong(number, mutant, "no answer in time");
        } catch (EOFException | SocketException e) {
            tally.closed(number, mutant, "closed without an answer: " + e.getMessage());
        } catch (IOException e) {
            tally.wrong(number, mutant, String.valueOf(e.getMessage()));
        }
        close(caller);
        return mutant.framed() ? null : kept;
    }

    private void leave(Mutant mutant, Caller.Incoming incoming) throws IOException {
        int read = incoming.body().readNBytes(mutant.reads()).length;
        tally.left(mutant, read > 0);
    }

    /** A server may refuse before it has read everything; what it said is there all the same. */
    private static void send(Mutant mutant, Caller caller) {
        try {
            caller.send(mutant.request(), mutant.request().length);
            if (!mutant.framed()) {
                caller.endOutput();
            }
        } catch (IOException e) {
            // The answer says why.
        }
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("url", subject.url());
        settings.put("mutations", plan.count());
        settings.put("clients", plan.clients());
        settings.put("seed", plan.seed());
        return settings;
    }
}
