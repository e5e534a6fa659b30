package dev.sharegpt4v.models.jinja;

import java.util.Set;

/** What {@code is} asks. */
final class Tests {

    private static final Set<String> NAMES = Set.of(
            "boolean",
            "callable",
            "defined",
            "divisibleby",
            "eq",
            "equalto",
            "==",
            "even",
            "false",
            "filter",
            "float",
            "ge",
            ">=",
            "greaterthan",
            "gt",
            ">",
            "in",
            "integer",
            "iterable",
            "le",
            "<=",
            "lessthan",
            "lower",
            "lt",
            "<",
            "mapping",
            "ne",
            "!=",
            "none",
            "number",
            "odd",
            "sameas",
            "sequence",
            "string",
            "test",
            "true",
            "undefined",
            "upper");

    private Tests() {}

    static boolean knows(String name) {
        return NAMES.contains(name);
    }

    /** Whether the first value of the call meets the test of its name. */
    static boolean holds(Call call) {
        Value value = call.values().getFirst();
        Work work = call.work();
        return switch (call.name()) {
            case "boolean" -> value instanceof Value.Bool;
            case "callable" -> value instanceof Value.Function;
            case "defined" -> !(value instanceof Value.Undefined);
            case "undefined" -> value instanceof Value.Undefined;
            case "divisibleby" -> integer(value) % nonZero(call.integer(1, "num", 1)) == 0;
            case "even" -> integer(value) % 2 == 0;
            case "odd" -> integer(value) % 2 != 0;
            case "eq", "equalto", "==" -> Python.equal(value, call.required(1, "other"), work);
            case "ne", "!=" -> !Python.equal(value, call.required(1, "other"), work);
            case "ge", ">=" -> Python.compare(value, call.required(1, "other"), work) >= 0;
            case "gt", "greaterthan", ">" -> Python.compare(value, call.required(1, "other"), work) > 0;
            case "le", "<=" -> Python.compare(value, call.required(1, "other"), work) <= 0;
            case "lt", "lessthan", "<" -> Python.compare(value, call.required(1, "other"), work) < 0;
            case "in" -> Python.contains(call.required(1, "seq"), value, work);
            case "false" -> value instanceof Value.Bool(boolean bit) && !bit;
            case "true" -> value instanceof Value.Bool(boolean bit) && bit;
            case "float" -> value instanceof Value.Real;
            case "integer" -> value instanceof Value.Int;
            case "number" -> Python.isNumber(value);
            case "iterable" ->
                value instanceof Value.Items
                        || value instanceof Value.Dict
                        || value instanceof Text
                        || value instanceof Value.Undefined;
            case "sequence" ->
                value instanceof Value.Items
                        || value instanceof Value.Dict
                        || value instanceof Text
                        || value instanceof Value.Undefined;
            case "mapping" -> value instanceof Value.Dict;
            case "none" -> value == Value.None.NONE;
            case "string" -> value instanceof Text;
            case "sameas" -> same(value, call.required(1, "other"));
            case "lower" -> isAll(value, false, work);
            case "upper" -> isAll(value, true, work);
            case "filter" -> Filters.knows(Python.str(value, work).chars());
            case "test" -> knows(Python.str(value, work).chars());
            default -> throw new JinjaException("there is no test '" + call.name() + "'");
        };
    }

    private static boolean same(Value value, Value other) {
        return switch (value) {
            case Value.None _, Value.Bool _, Value.Int _, Value.Namespace _, Value.Function _ -> value.equals(other);
            default -> false;
        };
    }

    private static long integer(Value value) {
        if (value instanceof Value.Int(long number)) {
            return number;
        }
        throw new JinjaException(Python.type(value) + " is no whole number");
    }

    private static long nonZero(long number) {
        if (number == 0) {
            throw new JinjaException("division by zero");
        }
        return number;
    }

    private static boolean isAll(Value value, boolean upper, Work work) {
        String chars = Python.str(value, work).chars();
        work.characters(2L * chars.length());
        return chars.codePoints().anyMatch(upper ? Character::isUpperCase : Character::isLowerCase)
                && chars.codePoints().noneMatch(upper ? Character::isLowerCase : Character::isUpperCase);
    }
}
