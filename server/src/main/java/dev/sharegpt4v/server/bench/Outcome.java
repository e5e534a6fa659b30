package dev.sharegpt4v.server.bench;

import java.util.List;

/** How one request went. */
public sealed interface Outcome {

    /**
     * It was answered to the end.
     *
     * @param sent when the request was sent, in nanoseconds of some clock
     * @param chunks when each chunk with a choice came, at least one
     * @param ended when the last chunk of all came
     * @param tokens what the answer took
     */
    record Answered(long sent, List<Long> chunks, long ended, TokenCount tokens) implements Outcome {

        public Answered {
            chunks = List.copyOf(chunks);
            if (chunks.isEmpty()) {
                throw new IllegalArgumentException("an answer has at least one chunk");
            }
        }

        /** From sending to the first chunk, in nanoseconds. */
        public long firstTokenNanos() {
            return chunks.getFirst() - sent;
        }

        /** From sending to the end, in nanoseconds. */
        public long totalNanos() {
            return ended - sent;
        }
    }

    /**
     * It was not.
     *
     * @param kind the same for failures of the same sort, such as {@code http 429}
     * @param message what happened to this one
     */
    record Failed(String kind, String message) implements Outcome {}
}
