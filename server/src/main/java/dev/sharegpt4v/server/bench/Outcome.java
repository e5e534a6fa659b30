package dev.sharegpt4v.server.bench;

import java.util.List;

/** How one request went. */
public sealed interface Outcome {

    /** When it was sent, in nanoseconds of some clock. */
    long sent();

    /**
     * It was answered to the end.
     *
     * @param sent when it was sent
     * @param chunks when each chunk with a token came, at least one
     * @param tokens what the answer took
     */
    record Answered(long sent, List<Long> chunks, TokenCount tokens) implements Outcome {

        public Answered {
            chunks = List.copyOf(chunks);
            if (chunks.isEmpty()) {
                throw new IllegalArgumentException("an answer has at least one chunk");
            }
        }

        /** When the last token came. */
        public long ended() {
            return chunks.getLast();
        }

        /** From sending to the first token, in nanoseconds. */
        public long firstTokenNanos() {
            return chunks.getFirst() - sent;
        }

        /** From sending to the last token, in nanoseconds. */
        public long totalNanos() {
            return ended() - sent;
        }

        /** Gaps between tokens, in nanoseconds. */
        public long[] gaps() {
            long[] gaps = new long[chunks.size() - 1];
            for (int i = 0; i < gaps.length; i++) {
                gaps[i] = chunks.get(i + 1) - chunks.get(i);
            }
            return gaps;
        }
    }

    /**
     * It was not.
     *
     * @param sent when it was sent
     * @param kind the same for failures of the same sort, such as {@code http 429}
     * @param message what happened to this one
     */
    record Failed(long sent, String kind, String message) implements Outcome {}
}
