package dev.sharegpt4v.runtime.grammar;

/** Counts what one byte's step costs, so that no grammar can hold up the thread that reads it. */
final class Work {

    /** More than this for one byte. */
    static final class TooMuch extends RuntimeException {

        private static final long serialVersionUID = 1L;

        TooMuch() {
            super("the grammar is too ambiguous", null, false, false);
        }
    }

    private static final int MOST = 200_000;

    private int left = MOST;

    void spend(int units) {
        left -= units;
        if (left < 0) {
            throw new TooMuch();
        }
    }
}
