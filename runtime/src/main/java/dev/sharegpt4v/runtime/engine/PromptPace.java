package dev.sharegpt4v.runtime.engine;

/**
 * How many tokens of prompts may join a step of running streams so that it takes at most {@code stretch} times as long as
 * without them, by what steps have cost so far.
 *
 * <p>A fit of a line through all steps would be blind here: for minutes all steps beside a long prompt are of one size. So
 * the cost of streams alone is looked at now and then in a step without prompts, and what a prompt's token adds is the rest.
 * Errors are on the side of the streams: what is measured faster counts at once, what is measured slower by and by, the other
 * way round for what prompts add; and a step holds at most twice the prompt tokens of the one before.
 */
final class PromptPace {

    /** Steps of so many streams without prompts, before prompts may join. */
    private static final int FIRST_LOOKS = 3;
    /** Steps with prompts between two without, once the cost is known well. */
    private static final int MOST_BETWEEN_LOOKS = 32;

    private static final int LEAST_BETWEEN_LOOKS = 4;

    private static final double SURPRISE = 0.9;
    private static final double SLOWLY = 0.05;
    private static final double SOON = 0.2;

    private final double stretch;
    private final double[] alone;
    private final int[] looks;
    private double perToken;
    private int mostNext = 1;
    private int sinceLook;
    private int untilLook = 2;

    /**
     * A pace of which nothing is measured yet.
     *
     * @param stretch times that a step may take of one without prompts; 0 for no limit
     * @param maxRunning streams of a step at most
     */
    PromptPace(double stretch, int maxRunning) {
        this.stretch = stretch;
        this.alone = new double[maxRunning + 1];
        this.looks = new int[maxRunning + 1];
    }

    /** Notes how long a step took: newest tokens of streams, and tokens of prompts beside them. */
    void note(int streams, int promptTokens, long nanos) {
        if (streams == 0) {
            return;
        }
        if (promptTokens == 0) {
            noteAlone(streams, nanos);
            return;
        }
        if (looks[streams] > 0) {
            // Without prompts the step would not have taken longer.
            alone[streams] = Math.min(alone[streams], (double) nanos);
        }
        boolean surprise = nanos < SURPRISE * (known(streams) + perToken * promptTokens);
        double sample = Math.max(0, nanos - known(streams)) / promptTokens;
        perToken = sample > perToken ? sample : perToken + SOON * (sample - perToken);
        // Much faster than expected: a neighbour has left, and streams alone are faster, too. Room is not made of that.
        mostNext = surprise ? promptTokens : 2 * promptTokens;
        sinceLook = surprise && sinceLook >= LEAST_BETWEEN_LOOKS ? untilLook : sinceLook + 1;
    }

    private void noteAlone(int streams, long nanos) {
        boolean faster = looks[streams] == 0 || nanos < alone[streams];
        alone[streams] = faster ? nanos : alone[streams] + SLOWLY * (nanos - alone[streams]);
        looks[streams]++;
        if (sinceLook > 0) {
            sinceLook = 0;
            untilLook = Math.min(2 * untilLook, MOST_BETWEEN_LOOKS);
        }
    }

    /** Tokens of prompts that may join the next step of so many streams; 0 when it should show what streams cost alone. */
    int tokens(int streams) {
        if (streams == 0 || stretch == 0) {
            return Integer.MAX_VALUE;
        }
        double cost = known(streams);
        if (cost == 0 || sinceLook >= untilLook) {
            return 0;
        }
        double room = (stretch - 1) * cost;
        return perToken * mostNext <= room ? mostNext : Math.max(1, (int) (room / perToken));
    }

    /** What the step costs without prompts: as measured, or as fewer streams cost; 0 when unknown. */
    private double known(int streams) {
        for (int fewer = streams; fewer > 0; fewer--) {
            if (looks[fewer] >= FIRST_LOOKS) {
                return alone[fewer];
            }
        }
        return 0;
    }
}
