package dev.sharegpt4v.server.bench.chaos;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts how errands ended, and compares answers that must be equal. Thread-safe. */
final class Tally {

    private static final int MOST_EXAMPLES = 10;

    /** Errands of one manner. */
    record Row(int sent, int answered, int refused, int busy, int left, int wrong) {

        private static final Row NONE = new Row(0, 0, 0, 0, 0, 0);

        private Row with(Ending ending) {
            return switch (ending) {
                case Ending.Answered _ -> new Row(sent + 1, answered + 1, refused, busy, left, wrong);
                case Ending.Refused _ -> new Row(sent + 1, answered, refused + 1, busy, left, wrong);
                case Ending.Busy _ -> new Row(sent + 1, answered, refused, busy + 1, left, wrong);
                case Ending.Left _ -> new Row(sent + 1, answered, refused, busy, left + 1, wrong);
                case Ending.Wrong _ -> new Row(sent + 1, answered, refused, busy, left, wrong + 1);
            };
        }
    }

    private final Map<Manner, Row> rows = new EnumMap<>(Manner.class);
    private final Map<String, String> texts = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();
    private final List<String> unequal = new ArrayList<>();
    private int compared;
    private int different;

    synchronized void add(Errand errand, Ending ending) {
        rows.merge(errand.manner(), Row.NONE.with(ending), (row, _) -> row.with(ending));
        if (ending instanceof Ending.Wrong(String why) && wrong.size() < MOST_EXAMPLES) {
            wrong.add(errand.manner().label() + ": " + why);
        }
        if (ending instanceof Ending.Answered(String text)) {
            errand.twin().ifPresent(twin -> compare(twin, text));
        }
    }

    private void compare(String twin, String text) {
        String before = texts.putIfAbsent(twin, text);
        if (before == null) {
            return;
        }
        compared++;
        if (!before.equals(text)) {
            different++;
            if (unequal.size() < MOST_EXAMPLES) {
                unequal.add(twin + ": \"" + before + "\" and \"" + text + "\"");
            }
        }
    }

    synchronized Map<Manner, Row> rows() {
        return new EnumMap<>(rows);
    }

    /** The first wrong endings. */
    synchronized List<String> wrong() {
        return List.copyOf(wrong);
    }

    /** Answers to questions that had been asked before. */
    synchronized int compared() {
        return compared;
    }

    /** Of them, those of another text. */
    synchronized int different() {
        return different;
    }

    synchronized List<String> unequal() {
        return List.copyOf(unequal);
    }
}
