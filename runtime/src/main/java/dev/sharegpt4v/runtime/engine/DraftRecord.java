package dev.sharegpt4v.runtime.engine;

/** How well the guesses ahead of one stream came true: a running mean over the latest ones. */
final class DraftRecord {

    /** Some sixteen guesses back, one counts little more than a third. */
    private static final double FADE = 1.0 / 16;

    private double rate = 0.5;
    private int stepsWithout;

    /** The share of guesses that came true, of those whose predecessor had. */
    double rate() {
        return rate;
    }

    /** Steps since guesses were tried the last time. */
    int stepsWithout() {
        return stepsWithout;
    }

    void skipped() {
        stepsWithout++;
    }

    /** Notes that the first {@code accepted} of {@code guessed} came true, and the next one, if any, did not. */
    void note(int guessed, int accepted) {
        stepsWithout = 0;
        for (int i = 0; i < Math.min(guessed, accepted + 1); i++) {
            rate += ((i < accepted ? 1 : 0) - rate) * FADE;
        }
    }
}
