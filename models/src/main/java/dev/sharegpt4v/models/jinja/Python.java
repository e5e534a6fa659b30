package dev.sharegpt4v.models.jinja;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Python's ways with values: what is true, equal, before another, and how a value is written. */
final class Python {

    private Python() {}

    static boolean truth(Value value) {
        return switch (value) {
            case Value.None _, Value.Undefined _ -> false;
            case Value.Bool(boolean bit) -> bit;
            case Value.Int(long number) -> number != 0;
            case Value.Real(double number) -> number != 0;
            case Text text -> !text.isEmpty();
            case Value.Items items -> !items.values().isEmpty();
            case Value.Dict dict -> !dict.entries().isEmpty();
            case Value.Namespace _, Value.Loop _, Value.Function _ -> true;
        };
    }

    static boolean equal(Value left, Value right, Work work) {
        work.step();
        if (left instanceof Text one && right instanceof Text other) {
            work.characters(Math.min(one.length(), other.length()));
            return one.equals(other);
        }
        if (isNumber(left) && isNumber(right)) {
            return number(left) == number(right);
        }
        return switch (left) {
            case Value.Items(List<Value> values, boolean tuple, int _) ->
                right instanceof Value.Items other && other.tuple() == tuple && equal(values, other.values(), work);
            case Value.Dict(Map<Value, Value> entries, int _) ->
                right instanceof Value.Dict other && equal(entries, other.entries(), work);
            case Value.Undefined _ -> right instanceof Value.Undefined;
            case Value.None _, Value.Bool _, Value.Int _, Value.Real _, Text _ -> left.equals(right);
            // Which are equal to themselves alone.
            case Value.Namespace _, Value.Loop _, Value.Function _ -> left.equals(right);
        };
    }

    private static boolean equal(List<Value> left, List<Value> right, Work work) {
        if (left.size() != right.size()) {
            return false;
        }
        for (int i = 0; i < left.size(); i++) {
            if (!equal(left.get(i), right.get(i), work)) {
                return false;
            }
        }
        return true;
    }

    private static boolean equal(Map<Value, Value> left, Map<Value, Value> right, Work work) {
        if (left.size() != right.size()) {
            return false;
        }
        for (Map.Entry<Value, Value> entry : left.entrySet()) {
            Value other = right.get(entry.getKey());
            if (other == null || !equal(entry.getValue(), other, work)) {
                return false;
            }
        }
        return true;
    }

    static boolean isNumber(Value value) {
        return value instanceof Value.Int || value instanceof Value.Real || value instanceof Value.Bool;
    }

    static double number(Value value) {
        return switch (value) {
            case Value.Int(long number) -> number;
            case Value.Real(double number) -> number;
            case Value.Bool(boolean bit) -> bit ? 1 : 0;
            default -> throw new JinjaException(type(value) + " is no number");
        };
    }

    static int compare(Value left, Value right, Work work) {
        work.step();
        if (left instanceof Text one && right instanceof Text other) {
            work.characters(Math.min(one.length(), other.length()));
            return byCodePoints(one.chars(), other.chars());
        }
        if (left instanceof Value.Int(long one) && right instanceof Value.Int(long other)) {
            return Long.compare(one, other);
        }
        if (isNumber(left) && isNumber(right)) {
            return Double.compare(number(left), number(right));
        }
        if (left instanceof Value.Items(List<Value> one, boolean tuple, int _)
                && right instanceof Value.Items(List<Value> other, boolean otherTuple, int _)
                && tuple == otherTuple) {
            for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
                if (!equal(one.get(i), other.get(i), work)) {
                    return compare(one.get(i), other.get(i), work);
                }
            }
            return Integer.compare(one.size(), other.size());
        }
        throw new JinjaException(type(left) + " and " + type(right) + " cannot be compared");
    }

    /** Java orders surrogates before other characters. */
    private static int byCodePoints(String left, String right) {
        int[] one = left.codePoints().toArray();
        int[] other = right.codePoints().toArray();
        return Arrays.compare(one, other);
    }

    static String type(Value value) {
        return switch (value) {
            case Value.None _ -> "None";
            case Value.Undefined(String name) -> "'" + name + "', which is undefined,";
            case Value.Bool _ -> "a truth value";
            case Value.Int _, Value.Real _ -> "a number";
            case Text _ -> "a text";
            case Value.Items _ -> "a list";
            case Value.Dict _ -> "a mapping";
            case Value.Namespace _ -> "a namespace";
            case Value.Loop _ -> "a loop";
            case Value.Function _ -> "a function";
        };
    }

    /** A value as it is printed. */
    static Text str(Value value, Work work) {
        return switch (value) {
            case Text text -> text;
            case Value.Undefined _ -> Text.EMPTY;
            case Value.None _ -> Text.own("None");
            case Value.Bool(boolean bit) -> Text.own(bit ? "True" : "False");
            case Value.Int(long number) -> Text.own(Long.toString(number));
            case Value.Real(double number) -> Text.own(real(number));
            case Value.Items _, Value.Dict _, Value.Namespace _, Value.Loop _, Value.Function _ -> {
                Text.Builder out = new Text.Builder();
                write(value, out, work);
                yield out.build();
            }
        };
    }

    private static void write(Value value, Text.Builder out, Work work) {
        work.step();
        switch (value) {
            case Text text -> quote(text, out, work);
            case Value.Items(List<Value> values, boolean tuple, int _) -> {
                out.append(Text.own(tuple ? "(" : "["), work);
                for (int i = 0; i < values.size(); i++) {
                    out.append(Text.own(i > 0 ? ", " : ""), work);
                    write(values.get(i), out, work);
                }
                out.append(Text.own(tuple ? values.size() == 1 ? ",)" : ")" : "]"), work);
            }
            case Value.Dict(Map<Value, Value> entries, int _) -> {
                String before = "{";
                for (Map.Entry<Value, Value> entry : entries.entrySet()) {
                    out.append(Text.own(before), work);
                    write(entry.getKey(), out, work);
                    out.append(Text.own(": "), work);
                    write(entry.getValue(), out, work);
                    before = ", ";
                }
                out.append(Text.own(entries.isEmpty() ? "{}" : "}"), work);
            }
            case Value.Undefined _ -> out.append(Text.own("Undefined"), work);
            case Value.Namespace _, Value.Loop _, Value.Function _ ->
                throw new JinjaException(type(value) + " cannot be printed");
            case Value.None _, Value.Bool _, Value.Int _, Value.Real _ -> out.append(str(value, work), work);
        }
    }

    /** As Python quotes a text within a list. */
    private static void quote(Text text, Text.Builder out, Work work) {
        String chars = text.chars();
        work.text(8L * chars.length());
        char mark = chars.indexOf('\'') >= 0 && chars.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder quoted = new StringBuilder().append(mark);
        chars.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case '\\' -> quoted.append("\\\\");
                default -> {
                    if (c == mark) {
                        quoted.append('\\').append(mark);
                    } else if (c < 0x20 || (c >= 0x7f && c <= 0xa0) || c == 0xad) {
                        quoted.append("\\x%02x".formatted(c));
                    } else {
                        quoted.appendCodePoint(c);
                    }
                }
            }
        });
        out.append(text.changed(quoted.append(mark).toString()), work);
    }

    /** The shortest decimal that is the number, in Python's form. */
    static String real(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        double size = Math.abs(number);
        if (size != 0 && (size >= 1e16 || size < 1e-4)) {
            String[] parts = Double.toString(number).split("E", 2);
            String digits = parts[0].endsWith(".0") ? parts[0].substring(0, parts[0].length() - 2) : parts[0];
            int power = Integer.parseInt(parts[1]);
            return digits + "e" + (power < 0 ? "-" : "+") + (Math.abs(power) < 10 ? "0" : "") + Math.abs(power);
        }
        String plain = new BigDecimal(Double.toString(number)).toPlainString();
        return number == 0 && 1 / number < 0 ? "-0.0" : plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }

    /** What a loop goes over. */
    static List<Value> iterate(Value value, Work work) {
        return switch (value) {
            case Value.Items(List<Value> values, boolean _, int _) -> values;
            case Value.Dict(Map<Value, Value> entries, int _) -> {
                work.items(entries.size());
                yield List.copyOf(entries.keySet());
            }
            case Text text -> new ArrayList<>(text.characters(work));
            case Value.Undefined _ -> List.of();
            case Value.Loop loop -> loop.all.subList(loop.index, loop.all.size());
            case Value.None _, Value.Bool _, Value.Int _, Value.Real _, Value.Namespace _, Value.Function _ ->
                throw new JinjaException(type(value) + " cannot be gone through");
        };
    }

    static int length(Value value, Work work) {
        return switch (value) {
            case Text text -> {
                work.characters(text.length());
                yield text.chars().codePointCount(0, text.length());
            }
            case Value.Items items -> items.values().size();
            case Value.Dict dict -> dict.entries().size();
            case Value.Undefined _ -> 0;
            default -> throw new JinjaException(type(value) + " has no length");
        };
    }

    static boolean contains(Value whole, Value part, Work work) {
        return switch (whole) {
            case Text text -> {
                if (!(part instanceof Text wanted)) {
                    throw new JinjaException("only a text can be in a text, not " + type(part));
                }
                work.search(text.length(), wanted.length());
                yield text.chars().contains(wanted.chars());
            }
            case Value.Dict dict -> dict.entries().containsKey(key(part));
            case Value.Items items -> {
                for (Value value : items.values()) {
                    if (equal(value, part, work)) {
                        yield true;
                    }
                }
                yield false;
            }
            case Value.Undefined _ -> false;
            default -> throw new JinjaException(type(whole) + " holds nothing");
        };
    }

    /** A value that a mapping can have as a key. */
    static Value key(Value value) {
        return switch (value) {
            case Text _, Value.Int _, Value.Bool _, Value.Real _, Value.None _ -> value;
            default -> throw new JinjaException(type(value) + " is no key of a mapping");
        };
    }

    /** Python's white space, which is more than Java's. */
    static boolean isSpace(int c) {
        return Character.isWhitespace(c) || c == 0x85 || c == 0xa0 || c == 0x2007 || c == 0x202f;
    }
}
