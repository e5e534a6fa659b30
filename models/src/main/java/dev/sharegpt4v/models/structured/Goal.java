package dev.sharegpt4v.models.structured;

import dev.sharegpt4v.models.structured.SchemaDocument.Schema;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A schema that a value is to meet, or not to meet.
 *
 * @param schema which
 * @param met whether it is to be met
 * @param loose whether values that cannot be told apart may be left out; only where it is not to be met
 */
record Goal(Schema schema, boolean met, boolean loose) {

    static Goal met(Schema schema) {
        return new Goal(schema, true, false);
    }

    Goal negated(boolean loosely) {
        return new Goal(schema, !met, met && loosely);
    }

    /** Goals that a value is to reach at once, in one order and each once, so that equal sets are equal. */
    record All(List<Goal> goals) {

        static final All NONE = new All(List.of());

        All {
            goals = List.copyOf(goals);
        }

        static All of(Goal goal) {
            return new All(List.of(goal));
        }

        All and(All others) {
            if (others.goals.isEmpty()) {
                return this;
            }
            List<Goal> all = new ArrayList<>(goals);
            for (Goal goal : others.goals) {
                if (!all.contains(goal)) {
                    all.add(goal);
                }
            }
            all.sort(Comparator.comparingInt((Goal goal) -> goal.schema().number())
                    .thenComparing(Goal::met)
                    .thenComparing(Goal::loose));
            return new All(all);
        }

        All and(Goal goal) {
            return and(of(goal));
        }
    }
}
