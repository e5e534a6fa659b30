package dev.sharegpt4v.models.jinja;

import java.util.ArrayList;
import java.util.List;

/** Operators. */
final class Arithmetic {

    private Arithmetic() {}

    static boolean holds(String operator, Value left, Value right, Work work) {
        return switch (operator) {
            case "==" -> Python.equal(left, right, work);
            case "!=" -> !Python.equal(left, right, work);
            case "<" -> Python.compare(left, right, work) < 0;
            case "<=" -> Python.compare(left, right, work) <= 0;
            case ">" -> Python.compare(left, right, work) > 0;
            case ">=" -> Python.compare(left, right, work) >= 0;
            case "in" -> Python.contains(right, left, work);
            case "not in" -> !Python.contains(right, left, work);
            default -> throw new IllegalStateException("no operator: " + operator + ". This is a bug.");
        };
    }

    static Value of(String operator, Value left, Value right, Work work) {
        if (operator.equals("+") && left instanceof Text one && right instanceof Text other) {
            return one.plus(other, work);
        }
        if (operator.equals("+")
                && left instanceof Value.Items one
                && right instanceof Value.Items other
                && one.tuple() == other.tuple()) {
            work.items((long) one.values().size() + other.values().size());
            List<Value> both = new ArrayList<>(one.values());
            both.addAll(other.values());
            return one.tuple() ? Value.Items.tuple(both) : Value.Items.of(both);
        }
        if (operator.equals("*") && (left instanceof Text || left instanceof Value.Items)) {
            return repeated(left, right, work);
        }
        if (operator.equals("*") && (right instanceof Text || right instanceof Value.Items)) {
            return repeated(right, left, work);
        }
        if (operator.equals("%") && left instanceof Text format) {
            return Filters.formatted(
                    format,
                    right instanceof Value.Items items && items.tuple() ? items.values() : List.of(right),
                    work);
        }
        if (!Python.isNumber(left) || !Python.isNumber(right)) {
            throw new JinjaException(
                    "'" + operator + "' is not defined for " + Python.type(left) + " and " + Python.type(right));
        }
        return numbers(operator, left, right);
    }

    private static Value repeated(Value value, Value count, Work work) {
        if (!(count instanceof Value.Int(long number))) {
            throw new JinjaException("a text or list is repeated a whole number of times, not " + Python.type(count));
        }
        long times = Math.clamp(number, 0, 1L << 24);
        if (value instanceof Text text) {
            work.text(times * text.length());
            work.items(Math.min(times, Work.MOST_ITEMS));
            if (text.isEmpty()) {
                return text;
            }
            Text.Builder out = new Text.Builder();
            for (long i = 0; i < times; i++) {
                out.append(text, work);
            }
            return out.build();
        }
        Value.Items items = (Value.Items) value;
        work.items(times * items.values().size());
        List<Value> all = new ArrayList<>();
        for (long i = 0; i < times && !items.values().isEmpty(); i++) {
            all.addAll(items.values());
        }
        return items.tuple() ? Value.Items.tuple(all) : Value.Items.of(all);
    }

    private static Value numbers(String operator, Value left, Value right) {
        if (!(left instanceof Value.Real) && !(right instanceof Value.Real) && !operator.equals("/")) {
            return whole(operator, left, right);
        }
        double one = Python.number(left);
        double other = Python.number(right);
        if (other == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
            throw new JinjaException("division by zero");
        }
        return new Value.Real(
                switch (operator) {
                    case "+" -> one + other;
                    case "-" -> one - other;
                    case "*" -> one * other;
                    case "/" -> one / other;
                    case "//" -> Math.floor(one / other);
                    case "%" -> one - other * Math.floor(one / other);
                    case "**" -> Math.pow(one, other);
                    default -> throw new IllegalStateException("no operator: " + operator + ". This is a bug.");
                });
    }

    private static long integer(Value value) {
        return switch (value) {
            case Value.Int(long number) -> number;
            case Value.Bool(boolean bit) -> bit ? 1 : 0;
            default -> throw new IllegalStateException("no whole number. This is a bug.");
        };
    }

    private static Value whole(String operator, Value left, Value right) {
        long one = integer(left);
        long other = integer(right);
        try {
            return switch (operator) {
                case "+" -> new Value.Int(Math.addExact(one, other));
                case "-" -> new Value.Int(Math.subtractExact(one, other));
                case "*" -> new Value.Int(Math.multiplyExact(one, other));
                case "//" -> new Value.Int(Math.floorDiv(one, other));
                case "%" -> new Value.Int(Math.floorMod(one, other));
                case "**" -> power(one, other);
                default -> throw new IllegalStateException("no operator: " + operator + ". This is a bug.");
            };
        } catch (ArithmeticException e) {
            throw new JinjaException(
                    other == 0 && !operator.equals("**") ? "division by zero" : "a number is too large");
        }
    }

    private static Value power(long base, long exponent) {
        if (exponent < 0) {
            return new Value.Real(Math.pow((double) base, (double) exponent));
        }
        long result = 1;
        long square = base;
        for (long left = exponent; left > 0; left >>= 1) {
            if ((left & 1) != 0) {
                result = Math.multiplyExact(result, square);
            }
            square = left > 1 ? Math.multiplyExact(square, square) : square;
        }
        return new Value.Int(result);
    }

    static Value signed(boolean minus, Value value) {
        return switch (value) {
            case Value.Real(double number) -> new Value.Real(minus ? -number : number);
            case Value.Int _, Value.Bool _ -> whole(minus ? "-" : "+", new Value.Int(0), value);
            default -> throw new JinjaException(Python.type(value) + " has no sign");
        };
    }
}
