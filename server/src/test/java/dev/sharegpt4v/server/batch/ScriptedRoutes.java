package dev.sharegpt4v.server.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.openai.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Answers {@code {"say": …}} with its word, each as a test allows it; {@code {"fail": STATUS}} fails. */
final class ScriptedRoutes implements LineRoutes {

    static final String ENDPOINT = "/v1/chat/completions";

    private final Semaphore allowed = new Semaphore(0);
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final List<String> asked = new ArrayList<>();
    private final AtomicInteger busyFor = new AtomicInteger();

    /** Lets so many more requests be answered. */
    ScriptedRoutes allow(int count) {
        allowed.release(count);
        return this;
    }

    ScriptedRoutes allowAll() {
        return allow(1_000_000);
    }

    /** The next requests are refused with 429. */
    void beBusy(int times) {
        busyFor.set(times);
    }

    int waiting() {
        return waiting.get();
    }

    /** Requests that were under way at one time at most. */
    int mostAtOnce() {
        return most.get();
    }

    /** Words of all requests that were answered, in their order. */
    synchronized List<String> answered() {
        return List.copyOf(asked);
    }

    @Override
    public Set<String> endpoints() {
        return Set.of(ENDPOINT);
    }

    @Override
    public Call call(String endpoint, JsonNode body) {
        return new ScriptedCall(body);
    }

    private final class ScriptedCall implements Call {
        private final JsonNode body;
        private boolean cancelled;
        private @Nullable Thread thread;

        ScriptedCall(JsonNode body) {
            this.body = body;
        }

        @Override
        public JsonNode answer() {
            most.accumulateAndGet(waiting.incrementAndGet(), Math::max);
            try {
                await();
            } finally {
                waiting.decrementAndGet();
            }
            if (busyFor.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw ApiException.overloaded("busy");
            }
            int status = body.path("fail").asInt();
            if (status == 400) {
                throw ApiException.invalid("fail", "it was told to fail");
            } else if (status == 500) {
                throw new IllegalStateException("it was told to fail");
            } else if (status == 503) {
                throw ApiException.unavailable("out_of_memory", "no room");
            }
            synchronized (ScriptedRoutes.this) {
                asked.add(body.path("say").asText());
            }
            ObjectNode answer = new JsonMapper()
                    .createObjectNode()
                    .put("said", body.path("say").asText());
            answer.putObject("usage")
                    .put("prompt_tokens", 3)
                    .put("completion_tokens", 2)
                    .putObject("prompt_tokens_details")
                    .put("cached_tokens", 1);
            return answer;
        }

        private void await() {
            synchronized (this) {
                if (cancelled) {
                    throw ApiException.clientGone();
                }
                thread = Thread.currentThread();
            }
            boolean mayAnswer = false;
            try {
                allowed.acquire();
                mayAnswer = true;
            } catch (InterruptedException e) {
                // It was cancelled, as is told below.
            }
            synchronized (this) {
                thread = null;
                // A cancel that came just now must not hit what this thread does next.
                Thread.interrupted();
                if (cancelled) {
                    allowed.release(mayAnswer ? 1 : 0);
                    throw ApiException.clientGone();
                }
            }
        }

        @Override
        public synchronized void cancel() {
            cancelled = true;
            if (thread != null) {
                thread.interrupt();
            }
        }
    }
}
