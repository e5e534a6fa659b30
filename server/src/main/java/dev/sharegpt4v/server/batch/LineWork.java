package dev.sharegpt4v.server.batch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.server.openai.ApiException;
import java.io.IOException;

/**
 * One line of a batch, sent once.
 *
 * @param routes that answer it
 * @param record of its batch
 * @param source of its text and for its answer
 * @param line from 0
 */
record LineWork(LineRoutes routes, BatchRecord record, BatchRun.Source source, int line) {

    private static final System.Logger LOG = System.getLogger(LineWork.class.getName());
    /** What is refused so often for want of memory never fits. */
    private static final int MOST_TRIES = 5;

    private static final int CANCELLED = 499;

    /** Takes the request before it is sent, for who may have to cancel it. */
    interface Sending {
        /** Tells how often the line was refused for want of memory before. */
        int send(LineRoutes.Call call);
    }

    /** What came of it. */
    enum Outcome {
        /** The line has its answer. */
        ANSWERED,
        /** It is asked again: the server was busy, or the request was cancelled. */
        LATER,
        /** It is asked again, but not for ever. */
        NO_MEMORY
    }

    /**
     * Sends it and keeps the answer.
     *
     * @throws IOException when the answer cannot be kept
     */
    Outcome run(Sending sending) throws IOException, InterruptedException {
        InputLine request = source.line(record.order().endpoint(), line);
        LineRoutes.Call call = routes.call(record.order().endpoint(), request.body());
        int refusals = sending.send(call);
        Answer answer;
        try {
            JsonNode body = call.answer();
            answer = LineAnswers.completed(request.customId(), body);
        } catch (ApiException e) {
            if (e.code().equals("out_of_memory") && refusals + 1 < MOST_TRIES) {
                return Outcome.NO_MEMORY;
            }
            if (isForLater(e)) {
                return Outcome.LATER;
            }
            answer = LineAnswers.failed(request.customId(), e);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "line " + (line + 1) + " of " + record.id() + " failed unexpectedly", e);
            answer = LineAnswers.failed(request.customId(), ApiException.internal("The server failed to answer."));
        }
        source.journal().append(line, answer);
        return Outcome.ANSWERED;
    }

    /** Whether it is no answer. A limit of time is one: the line gave it itself. */
    private static boolean isForLater(ApiException refusal) {
        return switch (refusal.code()) {
            case "timeout", "out_of_memory" -> false;
            default -> refusal.isRetryable() || refusal.status() == CANCELLED;
        };
    }
}
