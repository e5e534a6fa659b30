package dev.sharegpt4v.server.bench.chaos;

import dev.sharegpt4v.server.bench.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The server that is treated badly, and what it says of itself. */
final class Subject {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration QUIET = Duration.ofSeconds(60);

    private final Target target;
    private final InetSocketAddress address;
    private final HttpText http;

    /**
     * A server.
     *
     * @throws IllegalArgumentException when it does not speak plain HTTP
     */
    Subject(Target target) {
        URI base = target.base();
        if (!"http".equalsIgnoreCase(base.getScheme())) {
            throw new IllegalArgumentException("chaos speaks plain HTTP only, not " + base);
        }
        this.target = target;
        this.address = new InetSocketAddress(base.getHost(), base.getPort() < 0 ? 80 : base.getPort());
        this.http = new HttpText(base.getAuthority(), target.headers());
    }

    HttpText http() {
        return http;
    }

    String url() {
        return target.base().toString();
    }

    Caller connect(int buffer) throws IOException {
        return new Caller(address, buffer, target.timeout());
    }

    /** What it shows when nothing is under way any more, or after a minute. */
    Gauges awaitQuiet() {
        long deadline = System.nanoTime() + QUIET.toNanos();
        Gauges seen = scrape();
        while (!Rest.isIdle(seen) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(SECOND.toNanos() / 4);
            seen = scrape();
        }
        // Closed connections and threads take a moment to go.
        LockSupport.parkNanos(2 * SECOND.toNanos());
        return scrape();
    }

    Gauges scrape() {
        return Gauges.parse(System.nanoTime(), get("/metrics"));
    }

    /**
     * The body of what is at a path.
     *
     * @throws UncheckedIOException when there is nothing
     */
    String get(String path) {
        try (Caller caller = connect(0)) {
            byte[] request = http.get(path);
            caller.send(request, request.length);
            Answer answer = caller.receive().readAll();
            if (answer.status() != 200) {
                throw new IOException("it answers " + answer.status());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read %s%s: %s".formatted(target.base(), path, e.getMessage()), e);
        }
    }
}
