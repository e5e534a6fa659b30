package dev.sharegpt4v.server.lifecycle;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The place of one model: in memory or not, and who uses it. Nothing here waits but the loads and unloads themselves, which
 * run on threads of their own, one at a time; whoever must wait gets the future of the change under way. Thread-safe.
 */
public final class ModelSlot<M extends Loadable> {

    private static final System.Logger LOG = System.getLogger(ModelSlot.class.getName());

    /** What requests have whose generations were ended. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    /** What a request gets. */
    public sealed interface Answer<M> {

        /** The model, until the lease is closed. */
        record Granted<M>(Lease<M> lease) implements Answer<M> {}

        /** To be asked again when the change is over. */
        record Later<M>(CompletableFuture<ModelState> change) implements Answer<M> {}

        /** Not now. */
        record Refused<M>(ModelUnavailable why) implements Answer<M> {}
    }

    /** Futures that are completed after a time. */
    public interface Alarm {

        CompletableFuture<Void> after(Duration time);

        /** By the machine's clock. */
        static CompletableFuture<Void> real(Duration time) {
            return new CompletableFuture<Void>().completeOnTimeout(null, time.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** Told of what happens, on the thread on which it does. */
    public interface Watcher {
        /** Tells nobody. */
        Watcher NONE = new Watcher() {};

        default void loaded(long nanos) {}

        default void failed(String reason) {}

        default void unloaded() {}
    }

    private final Supplier<M> opener;
    private final SlotRules rules;
    private final LongSupplier clock;
    private final Executor threads;
    private final Alarm alarm;
    private final Watcher watcher;

    private ModelState state = ModelState.UNLOADED;
    private CompletableFuture<ModelState> change = CompletableFuture.completedFuture(ModelState.UNLOADED);
    private CompletableFuture<Void> unused = CompletableFuture.completedFuture(null);
    private @Nullable M model;
    private int leases;
    private long lastUsed;
    /** Whether a request may load it, whatever the rules: it was put to sleep, not unloaded by anybody. */
    private boolean woken;
    /** Where an unload under way leads. */
    private ModelState target = ModelState.UNLOADED;

    private String failure = "";
    private long failedAt;
    private boolean closed;

    /**
     * An empty place.
     *
     * @param opener loads the model; its exceptions are failed loads
     * @param clock counts nanoseconds
     * @param threads run loads and unloads, which take long
     */
    public ModelSlot(
            Supplier<M> opener, SlotRules rules, LongSupplier clock, Executor threads, Alarm alarm, Watcher watcher) {
        this.opener = opener;
        this.rules = rules;
        this.clock = clock;
        this.threads = threads;
        this.alarm = alarm;
        this.watcher = watcher;
    }

    public synchronized ModelState state() {
        return state;
    }

    /** Why the latest load failed, where it did. */
    public synchronized Optional<String> failure() {
        return state == ModelState.FAILED ? Optional.of(failure) : Optional.empty();
    }

    /** Requests that use it. */
    public synchronized int leases() {
        return leases;
    }

    /** The model, for who only looks at it. */
    public synchronized Optional<M> peek() {
        return state == ModelState.LOADED ? Optional.ofNullable(model) : Optional.empty();
    }

    /** Whether requests are answered, now or after a wait. */
    public synchronized boolean isUsable() {
        return switch (state) {
            case LOADED -> model != null && model.isHealthy();
            case LOADING, ASLEEP -> true;
            case UNLOADED -> rules.onDemand();
            case UNLOADING -> mayWait();
            case FAILED -> false;
        };
    }

    /** Whether it is in memory and cannot answer. */
    public synchronized boolean isBroken() {
        return state == ModelState.LOADED && model != null && !model.isHealthy();
    }

    /** A request's wish to use it; one that may do so loads it. */
    public synchronized Answer<M> ask() {
        if (closed) {
            return new Answer.Refused<>(new ModelUnavailable.Closed(Duration.ofSeconds(1)));
        }
        return switch (state) {
            case LOADED -> new Answer.Granted<>(lease());
            case LOADING, UNLOADING ->
                mayWait()
                        ? new Answer.Later<>(change)
                        : new Answer.Refused<>(new ModelUnavailable.Changing(state, SlotRules.RETRY));
            case ASLEEP -> wake();
            case UNLOADED -> rules.onDemand() ? wake() : notLoaded();
            case FAILED -> afterFailure();
        };
    }

    private boolean mayWait() {
        return rules.onDemand() || (state == ModelState.LOADING ? woken : target == ModelState.ASLEEP);
    }

    private Answer<M> wake() {
        woken = true;
        return new Answer.Later<>(startLoad());
    }

    private Answer<M> notLoaded() {
        return new Answer.Refused<>(new ModelUnavailable.NotLoaded(SlotRules.RETRY));
    }

    private Answer<M> afterFailure() {
        long left = SlotRules.RETRY.toNanos() - (clock.getAsLong() - failedAt);
        if (left <= 0 && (rules.onDemand() || woken)) {
            return wake();
        }
        Duration wait = left > 0 ? Duration.ofNanos(left) : SlotRules.RETRY;
        return new Answer.Refused<>(new ModelUnavailable.LoadFailed(failure, wait));
    }

    private Lease<M> lease() {
        M used = model;
        if (used == null) {
            throw new IllegalStateException("a loaded model is not there. This is a bug.");
        }
        if (leases++ == 0) {
            unused = new CompletableFuture<>();
        }
        return new Lease<>(used, this::giveBack);
    }

    private void giveBack() {
        CompletableFuture<Void> nobody;
        synchronized (this) {
            lastUsed = clock.getAsLong();
            if (--leases > 0) {
                return;
            }
            nobody = unused;
        }
        nobody.complete(null);
    }

    /**
     * Loads it as somebody told.
     *
     * @return completed with the state after the change under way: its own load, or an unload that must end first
     */
    public synchronized CompletableFuture<ModelState> load() {
        if (closed) {
            return CompletableFuture.completedFuture(state);
        }
        return switch (state) {
            case LOADED -> CompletableFuture.completedFuture(state);
            case LOADING, UNLOADING -> change;
            case UNLOADED, ASLEEP, FAILED -> {
                woken = false;
                yield startLoad();
            }
        };
    }

    /**
     * Unloads it as somebody told: no request loads it again unless the rules say so.
     *
     * @return completed with the state after the change under way: its own unload, or a load that must end first
     */
    public synchronized CompletableFuture<ModelState> unload() {
        return switch (state) {
            case UNLOADED -> CompletableFuture.completedFuture(state);
            case ASLEEP, FAILED -> {
                state = ModelState.UNLOADED;
                yield CompletableFuture.completedFuture(state);
            }
            case LOADING -> change;
            case UNLOADING -> {
                target = ModelState.UNLOADED;
                yield change;
            }
            case LOADED -> startUnload(ModelState.UNLOADED);
        };
    }

    /** Unloads it when nobody has used it for as long as the rules say. */
    public synchronized boolean sleepIfIdle() {
        boolean idle = rules.sleeps()
                && state == ModelState.LOADED
                && leases == 0
                && clock.getAsLong() - lastUsed >= rules.idle().toNanos();
        if (idle) {
            CompletableFuture<ModelState> _ = startUnload(ModelState.ASLEEP);
        }
        return idle;
    }

    /** Loads it on this thread, before there are requests. */
    public void open() {
        long started;
        synchronized (this) {
            change = new CompletableFuture<>();
            state = ModelState.LOADING;
            started = clock.getAsLong();
        }
        M opened;
        try {
            opened = opener.get();
        } catch (RuntimeException | Error e) {
            failed(reason(e)).complete(ModelState.FAILED);
            throw e;
        }
        keep(opened, started);
    }

    private CompletableFuture<ModelState> startLoad() {
        state = ModelState.LOADING;
        change = new CompletableFuture<>();
        long started = clock.getAsLong();
        threads.execute(() -> runLoad(started));
        return change;
    }

    private void runLoad(long started) {
        M opened;
        try {
            opened = opener.get();
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.DEBUG, "a model could not be loaded", e);
            String reason = reason(e);
            CompletableFuture<ModelState> done = failed(reason);
            watcher.failed(reason);
            done.complete(ModelState.FAILED);
            return;
        }
        keep(opened, started);
    }

    private void keep(M opened, long started) {
        CompletableFuture<ModelState> done;
        boolean late;
        synchronized (this) {
            late = closed;
            if (!late) {
                model = opened;
                lastUsed = clock.getAsLong();
            }
            state = late ? ModelState.UNLOADED : ModelState.LOADED;
            done = change;
        }
        if (late) {
            opened.stop();
            opened.close();
        } else {
            watcher.loaded(clock.getAsLong() - started);
        }
        done.complete(late ? ModelState.UNLOADED : ModelState.LOADED);
    }

    private static String reason(Throwable cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    private synchronized CompletableFuture<ModelState> failed(String reason) {
        failure = reason;
        failedAt = clock.getAsLong();
        state = ModelState.FAILED;
        return change;
    }

    private CompletableFuture<ModelState> startUnload(ModelState to) {
        M old = model;
        if (old == null) {
            throw new IllegalStateException("a loaded model is not there. This is a bug.");
        }
        state = ModelState.UNLOADING;
        target = to;
        change = new CompletableFuture<>();
        CompletableFuture<ModelState> done = change;
        CompletableFuture<Void> nobody = unused;
        CompletableFuture<Void> deadline = alarm.after(rules.drain());
        CompletableFuture<Void> _ = CompletableFuture.anyOf(nobody, deadline)
                .thenRunAsync(() -> stop(old, nobody), threads)
                // What failed requests still use must be there until they let it go.
                .thenCompose(_ -> nobody)
                .thenRunAsync(() -> free(old), threads)
                .thenRun(() -> unloaded(done));
        return done;
    }

    private void stop(M old, CompletableFuture<Void> nobody) {
        if (!nobody.isDone()) {
            LOG.log(System.Logger.Level.WARNING, "requests of a model were still running after " + rules.drain());
        }
        guarded(old::stop);
    }

    private static void free(Loadable old) {
        guarded(old::close);
    }

    /** A defect here must not leave a model that is neither there nor away. */
    private static void guarded(Runnable end) {
        try {
            end.run();
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "a model was not unloaded as it should", e);
        }
    }

    private void unloaded(CompletableFuture<ModelState> done) {
        ModelState now;
        synchronized (this) {
            model = null;
            state = target;
            now = state;
        }
        watcher.unloaded();
        done.complete(now);
    }

    /** Unloads it on this thread, for good; a load under way ends by itself. */
    public void close() {
        M old;
        CompletableFuture<Void> nobody;
        CompletableFuture<ModelState> underWay;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            old = state == ModelState.LOADED ? model : null;
            nobody = unused;
            underWay = state == ModelState.UNLOADING ? change : CompletableFuture.completedFuture(state);
            if (old != null) {
                model = null;
                state = ModelState.UNLOADED;
            }
        }
        if (old != null) {
            old.stop();
            if (ends(nobody, LAST_WORDS)) {
                old.close();
            }
        }
        boolean _ = ends(underWay, rules.drain().plus(LAST_WORDS));
    }

    /** Whether it ends in time; the process ends anyway. */
    private static boolean ends(CompletableFuture<?> end, Duration most) {
        try {
            end.get(most.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
