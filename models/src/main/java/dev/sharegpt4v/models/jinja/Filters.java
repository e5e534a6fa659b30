package dev.sharegpt4v.models.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What {@code |} does. */
final class Filters {

    private static final Set<String> NAMES = Set.of(
            "abs",
            "batch",
            "capitalize",
            "center",
            "count",
            "d",
            "default",
            "dictsort",
            "e",
            "escape",
            "first",
            "float",
            "format",
            "groupby",
            "indent",
            "int",
            "items",
            "join",
            "last",
            "length",
            "list",
            "lower",
            "map",
            "max",
            "min",
            "reject",
            "rejectattr",
            "replace",
            "reverse",
            "round",
            "safe",
            "select",
            "selectattr",
            "sort",
            "string",
            "sum",
            "title",
            "tojson",
            "trim",
            "truncate",
            "unique",
            "upper",
            "wordcount");

    private Filters() {}

    static boolean knows(String name) {
        return NAMES.contains(name);
    }

    /** The first value of the call, filtered. */
    static Value apply(Call call) {
        Value value = call.values().getFirst();
        Work work = call.work();
        return switch (call.name()) {
            case "abs" ->
                value instanceof Value.Real(double number)
                        ? new Value.Real(Math.abs(number))
                        : Python.number(value) < 0 ? Arithmetic.signed(true, value) : Arithmetic.signed(false, value);
            case "batch",
                    "dictsort",
                    "groupby",
                    "map",
                    "max",
                    "min",
                    "reject",
                    "rejectattr",
                    "reverse",
                    "select",
                    "selectattr",
                    "sort",
                    "sum",
                    "unique" -> ListFilters.apply(call);
            case "capitalize" ->
                text(value, work)
                        .changed(TextMethods.capitalized(text(value, work).chars()));
            case "center" -> center(text(value, work), call.integer(1, "width", 80), work);
            case "count", "length" -> new Value.Int(Python.length(value, work));
            case "d", "default" -> {
                boolean missing =
                        value instanceof Value.Undefined || (call.truth(2, "boolean", false) && !Python.truth(value));
                yield missing ? call.value(1, "default_value").orElse(Text.EMPTY) : value;
            }
            case "e", "escape" -> escaped(text(value, work), work);
            case "first" -> {
                List<Value> values = Python.iterate(value, work);
                yield values.isEmpty() ? new Value.Undefined("first") : values.getFirst();
            }
            case "last" -> {
                List<Value> values = Python.iterate(value, work);
                yield values.isEmpty() ? new Value.Undefined("last") : values.getLast();
            }
            case "float" -> new Value.Real(real(value, call));
            case "int" -> new Value.Int(integer(value, call));
            case "format" ->
                formatted(
                        text(value, work),
                        call.values().subList(1, call.values().size()),
                        work);
            case "indent" -> indented(text(value, work), call);
            case "items" ->
                value instanceof Value.Dict dict
                        ? DictMethods.items(dict, work)
                        : value instanceof Value.Undefined ? Value.Items.of(List.of()) : noMapping(value);
            case "join" -> {
                Value over = call.value(2, "attribute")
                        .<Value>map(path -> Value.Items.of(Python.iterate(value, work).stream()
                                .map(item -> ListFilters.path(item, path, work))
                                .toList()))
                        .orElse(value);
                yield joined(over, text(call.value(1, "d").orElse(Text.EMPTY), work), work);
            }
            case "list" -> {
                List<Value> values = Python.iterate(value, work);
                work.items(values.size());
                yield Value.Items.of(values);
            }
            case "lower" -> text(value, work).changed(text(value, work).chars().toLowerCase(Locale.ROOT));
            case "upper" -> text(value, work).changed(text(value, work).chars().toUpperCase(Locale.ROOT));
            case "replace" ->
                TextMethods.replace(
                        text(value, work),
                        text(call.required(1, "old"), work),
                        text(call.required(2, "new"), work),
                        call.integer(3, "count", -1),
                        work);
            case "round" -> round(value, call);
            case "safe", "string" -> Python.str(value, work);
            case "title" -> text(value, work).changed(titled(text(value, work).chars()));
            case "tojson" -> json(value, call);
            case "trim" -> {
                Value.Function strip = (Value.Function) TextMethods.of(text(value, work), "strip");
                yield strip.call(call.after(1));
            }
            case "truncate" -> truncated(text(value, work), call);
            case "wordcount" -> new Value.Int(words(text(value, work), work));
            default -> throw new JinjaException("there is no filter '" + call.name() + "'");
        };
    }

    private static Value noMapping(Value value) {
        throw new JinjaException(Python.type(value) + " is no mapping");
    }

    private static Text text(Value value, Work work) {
        Text text = Python.str(value, work);
        work.characters(2L * text.length());
        return text;
    }

    static Text joined(Value over, Text between, Work work) {
        List<Text> texts = new ArrayList<>();
        Python.iterate(over, work).forEach(value -> texts.add(Python.str(value, work)));
        work.items(texts.size());
        return Text.join(texts, between, work);
    }

    private static Text center(Text text, long width, Work work) {
        long missing = width - Python.length(text, work);
        if (missing <= 0) {
            return text;
        }
        work.text(width);
        long left = missing / 2 + (missing & width & 1);
        return Text.own(" ".repeat((int) left))
                .plus(text, work)
                .plus(Text.own(" ".repeat((int) (missing - left))), work);
    }

    /** Unlike the method of the name, it capitalises after spaces, dashes and opening brackets alone. */
    private static String titled(String chars) {
        StringBuilder out = new StringBuilder();
        boolean inWord = false;
        for (int c : chars.codePoints().toArray()) {
            out.appendCodePoint(inWord ? Character.toLowerCase(c) : Character.toTitleCase(c));
            inWord = !Python.isSpace(c) && "-({[<".indexOf(c) < 0;
        }
        return out.toString();
    }

    private static Text escaped(Text text, Work work) {
        work.text(5L * text.length());
        Text result = text;
        String[][] marks = {{"&", "&amp;"}, {">", "&gt;"}, {"<", "&lt;"}, {"'", "&#39;"}, {"\"", "&#34;"}};
        for (String[] mark : marks) {
            result = TextMethods.replace(result, Text.own(mark[0]), Text.own(mark[1]), -1, work);
        }
        return result;
    }

    private static double real(Value value, Call call) {
        if (Python.isNumber(value)) {
            return Python.number(value);
        }
        try {
            return Double.parseDouble(text(value, call.work()).chars().strip());
        } catch (NumberFormatException e) {
            return call.value(1, "default").map(Python::number).orElse(0.0);
        }
    }

    private static long integer(Value value, Call call) {
        if (value instanceof Value.Int(long number)) {
            return number;
        }
        if (Python.isNumber(value)) {
            return (long) Python.number(value);
        }
        String chars = text(value, call.work()).chars().strip();
        try {
            return Long.parseLong(chars);
        } catch (NumberFormatException e) {
            try {
                return (long) Double.parseDouble(chars);
            } catch (NumberFormatException f) {
                return call.integer(1, "default", 0);
            }
        }
    }

    private static Value round(Value value, Call call) {
        int precision = Math.clamp(call.integer(1, "precision", 0), -300, 300);
        String method = call.value(2, "method").map(Object::toString).orElse("common");
        RoundingMode mode = switch (method) {
            case "common" -> RoundingMode.HALF_EVEN;
            case "ceil" -> RoundingMode.CEILING;
            case "floor" -> RoundingMode.FLOOR;
            default -> throw new JinjaException("numbers are rounded by 'common', 'ceil' or 'floor'");
        };
        double number = Python.number(value);
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return new Value.Real(number);
        }
        return new Value.Real(new BigDecimal(number).setScale(precision, mode).doubleValue());
    }

    /** {@code %s}, {@code %d} and {@code %%}. */
    static Text formatted(Text format, List<Value> values, Work work) {
        Text.Builder out = new Text.Builder();
        String chars = format.chars();
        work.characters(chars.length());
        int next = 0;
        int from = 0;
        for (int at = chars.indexOf('%'); at >= 0; at = chars.indexOf('%', from)) {
            out.append(format.slice(from, at), work);
            char kind = at + 1 < chars.length() ? chars.charAt(at + 1) : ' ';
            if (kind == '%') {
                out.append(Text.own("%"), work);
            } else if ((kind == 's' || kind == 'd') && next < values.size()) {
                out.append(Python.str(values.get(next++), work), work);
            } else {
                throw new JinjaException("texts are formatted by s and d alone, one for each value");
            }
            from = at + 2;
        }
        out.append(format.slice(from, chars.length()), work);
        return out.build();
    }

    private static Text indented(Text text, Call call) {
        Work work = call.work();
        Value width = call.value(1, "width").orElse(new Value.Int(4));
        long count = width instanceof Value.Int(long number) ? Math.clamp(number, 0, Work.LONGEST_TEXT) : 0;
        work.text(count);
        Text indent = width instanceof Text given ? given : Text.own(" ".repeat((int) count));
        boolean first = call.truth(2, "first", false);
        boolean blank = call.truth(3, "blank", false);
        List<Value> lines = ((Value.Items) TextMethods.lines(text.plus(Text.own("\n"), work), false, work)).values();
        Text.Builder out = new Text.Builder();
        for (int i = 0; i < lines.size(); i++) {
            Text line = (Text) lines.get(i);
            out.append(i > 0 ? Text.own("\n") : Text.EMPTY, work);
            if (i == 0 ? first : blank || !line.isEmpty()) {
                out.append(indent, work);
            }
            out.append(line, work);
        }
        return out.build();
    }

    private static Text json(Value value, Call call) {
        Map<String, Value> named = new LinkedHashMap<>(call.named());
        long indent = call.integer(2, "indent", -1);
        List<Value> separators = call.value(3, "separators")
                .filter(given -> given != Value.None.NONE)
                .map(given -> Python.iterate(given, call.work()))
                .orElse(List.of());
        named.keySet().removeAll(Set.of("ensure_ascii", "indent", "separators", "sort_keys"));
        if (!named.isEmpty() || (!separators.isEmpty() && separators.size() != 2)) {
            throw new JinjaException("tojson takes ensure_ascii, indent, separators and sort_keys");
        }
        Json.Style style = new Json.Style(
                call.truth(1, "ensure_ascii", false),
                Math.clamp(indent, -1, 1 << 10),
                separators.isEmpty()
                        ? indent >= 0 ? "," : ", "
                        : separators.get(0).toString(),
                separators.isEmpty() ? ": " : separators.get(1).toString(),
                call.truth(4, "sort_keys", false));
        return Json.write(value, style, call.work());
    }

    private static Text truncated(Text text, Call call) {
        Work work = call.work();
        long length = call.integer(1, "length", 255);
        Text end = call.value(3, "end").map(value -> text(value, work)).orElse(Text.own("..."));
        if (Python.length(text, work) <= length + call.integer(4, "leeway", 5)) {
            return text;
        }
        int keep = Math.clamp(length - Python.length(end, work), 0, Work.LONGEST_TEXT);
        Text kept = text.slice(0, text.chars().offsetByCodePoints(0, keep));
        int space = call.truth(2, "killwords", false) ? -1 : kept.chars().lastIndexOf(' ');
        return (space < 0 ? kept : kept.slice(0, space)).plus(end, work);
    }

    private static long words(Text text, Work work) {
        work.search(text.length(), 16);
        long count = 0;
        boolean inWord = false;
        for (int i = 0; i < text.length(); i++) {
            boolean word = Character.isLetterOrDigit(text.chars().charAt(i))
                    || text.chars().charAt(i) == '_';
            count += word && !inWord ? 1 : 0;
            inWord = word;
        }
        return count;
    }
}
