package dev.sharegpt4v.server.bench.chaos;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Runs one errand on a connection. */
final class Visit {

    private static final int FIRST_PIECE = 600;
    private static final int SLOW_PIECE = 256;
    private static final Duration SLOW_PAUSE = Duration.ofMillis(20);

    private Visit() {}

    static Ending run(Errand errand, Caller caller) {
        try {
            return switch (errand.manner()) {
                case SENDS_HALF -> {
                    caller.send(errand.request(), errand.request().length / 2);
                    yield new Ending.Left();
                }
                case LEAVES_AT_ONCE -> {
                    caller.send(errand.request(), errand.request().length);
                    yield new Ending.Left();
                }
                case LEAVES_STREAM -> {
                    caller.send(errand.request(), errand.request().length);
                    yield leave(errand, caller.receive());
                }
                case READS_SLOWLY -> {
                    caller.send(errand.request(), errand.request().length);
                    yield AnswerRules.judge(errand.manner(), slowly(caller.receive()));
                }
                case SENDS_NONSENSE -> nonsense(errand, caller);
                case READS, BURSTS -> {
                    caller.send(errand.request(), errand.request().length);
                    yield AnswerRules.judge(errand.manner(), caller.receive().readAll());
                }
            };
        } catch (SocketTimeoutException e) {
            return new Ending.Wrong("no answer in time to: " + errand.what());
        } catch (IOException e) {
            return new Ending.Wrong("the connection broke (" + e.getMessage() + ") after: " + errand.what());
        }
    }

    /** A server may refuse before it has read everything; what it said is there all the same. */
    private static Ending nonsense(Errand errand, Caller caller) throws IOException {
        try {
            caller.send(errand.request(), errand.request().length);
            caller.endOutput();
        } catch (IOException e) {
            // The refusal says why.
        }
        Ending ending = AnswerRules.judge(errand.manner(), caller.receive().readAll());
        return ending instanceof Ending.Wrong wrong ? new Ending.Wrong(errand.what() + ": " + wrong.why()) : ending;
    }

    /** What is refused has no stream to leave. */
    private static Ending leave(Errand errand, Caller.Incoming incoming) throws IOException {
        if (incoming.status() != 200) {
            return AnswerRules.judge(errand.manner(), incoming.readAll());
        }
        int read = incoming.body().readNBytes(FIRST_PIECE).length;
        return read > 0 ? new Ending.Left() : new Ending.Wrong("an empty stream for: " + errand.what());
    }

    private static Answer slowly(Caller.Incoming incoming) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        InputStream body = incoming.body();
        byte[] piece = new byte[SLOW_PIECE];
        for (int count = body.read(piece); count >= 0; count = body.read(piece)) {
            read.write(piece, 0, count);
            LockSupport.parkNanos(SLOW_PAUSE.toNanos());
        }
        return new Answer(incoming.status(), incoming.headers(), read.toString(StandardCharsets.UTF_8));
    }
}
