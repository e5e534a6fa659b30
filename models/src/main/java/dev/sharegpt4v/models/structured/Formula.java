package dev.sharegpt4v.models.structured;

import java.util.ArrayList;
import java.util.List;

/** What a schema says, as statements that are joined by and, or, and not; negation stands at the statements alone. */
sealed interface Formula {

    Formula TRUE = new And(List.of());
    Formula FALSE = new Or(List.of());

    /** All of them. */
    record And(List<Formula> parts) implements Formula {}

    /** One of them. */
    record Or(List<Formula> options) implements Formula {}

    /** One of them, and what each looked at counts whenever it holds. */
    record AnyOf(List<Formula> options) implements Formula {}

    /**
     * A statement or its opposite.
     *
     * @param pointer the keyword that says it
     * @param loose whether values may be left out of the opposite that cannot be told
     */
    record Literal(Atom atom, boolean holds, String pointer, boolean loose) implements Formula {}

    /** What holds inside, and beyond that all properties or items that nothing inside looked at reach a goal. */
    record Unseen(Formula inside, Goal goal, JsonType type, String pointer) implements Formula {}

    static Formula and(Formula... parts) {
        return new And(List.of(parts));
    }

    static Formula or(Formula... options) {
        return new Or(List.of(options));
    }

    /** The opposite. */
    static Formula not(Formula formula, boolean loose) {
        return switch (formula) {
            case And(List<Formula> parts) -> new Or(notAll(parts, loose));
            case Or(List<Formula> options) -> new And(notAll(options, loose));
            case AnyOf(List<Formula> options) -> new And(notAll(options, loose));
            case Literal literal -> {
                boolean note =
                        literal.atom() instanceof Atom.SeenProperties || literal.atom() instanceof Atom.SeenItems;
                yield note
                        ? FALSE
                        : new Literal(literal.atom(), !literal.holds(), literal.pointer(), literal.holds() && loose);
            }
            case Unseen unseen -> {
                if (!loose) {
                    throw StructureException.unsupported(
                            unseen.pointer(), "the opposite of a keyword about what was not evaluated");
                }
                // Of the two ways not to hold, the one that can be told.
                yield not(unseen.inside(), true);
            }
        };
    }

    private static List<Formula> notAll(List<Formula> formulas, boolean loose) {
        List<Formula> opposites = new ArrayList<>();
        for (Formula formula : formulas) {
            opposites.add(not(formula, loose));
        }
        return opposites;
    }

    /** The same without notes of what was looked at. */
    static Formula withoutNotes(Formula formula) {
        return switch (formula) {
            case And(List<Formula> parts) ->
                new And(parts.stream().map(Formula::withoutNotes).toList());
            case Or(List<Formula> options) ->
                new Or(options.stream().map(Formula::withoutNotes).toList());
            case AnyOf(List<Formula> options) ->
                new Or(options.stream().map(Formula::withoutNotes).toList());
            case Literal literal ->
                literal.atom() instanceof Atom.SeenProperties || literal.atom() instanceof Atom.SeenItems
                        ? TRUE
                        : literal;
            case Unseen unseen -> unseen;
        };
    }
}
