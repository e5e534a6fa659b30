package dev.sharegpt4v.server.bench.gpu;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * A figure that should reach something.
 *
 * @param name in words
 * @param found empty where it was not measured
 * @param least that it should be
 */
record Aim(String name, OptionalDouble found, double least) {

    static Aim of(String name, double found, double least) {
        return new Aim(name, Double.isNaN(found) ? OptionalDouble.empty() : OptionalDouble.of(found), least);
    }

    /** A yes or no, as one or zero. */
    static Aim yes(String name, boolean holds) {
        return of(name, holds ? 1 : 0, 1);
    }

    /** Whether it was measured and is too small. */
    boolean isMissed() {
        return found.isPresent() && !(found.getAsDouble() >= least);
    }

    String verdict() {
        if (found.isEmpty()) {
            return "not measured";
        }
        return isMissed() ? "NO" : "yes";
    }

    String foundText() {
        return found.isEmpty() ? "" : String.format(Locale.ROOT, "%.3g", found.getAsDouble());
    }
}
