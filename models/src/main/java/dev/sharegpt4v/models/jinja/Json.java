package dev.sharegpt4v.models.jinja;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON to values, and back in the form of Python's {@code json.dumps}. */
public final class Json {

    /** How JSON is written. */
    record Style(boolean ascii, int indent, String item, String key, boolean sorted) {}

    private final Style style;
    private final Work work;
    private final StringBuilder out = new StringBuilder();
    private boolean foreign;

    private Json(Style style, Work work) {
        this.style = style;
        this.work = work;
    }

    /** A caller's JSON, nested at most so deeply as templates can have it; its texts are the caller's. */
    public static Value value(JsonNode node) {
        if (node.isObject()) {
            Map<Value, Value> entries = new LinkedHashMap<>();
            node.properties().forEach(member -> entries.put(Text.foreign(member.getKey()), value(member.getValue())));
            return Value.Dict.of(entries);
        }
        if (node.isArray()) {
            List<Value> values = new ArrayList<>();
            node.forEach(element -> values.add(value(element)));
            return Value.Items.of(values);
        }
        if (node.isTextual()) {
            return Text.foreign(node.textValue());
        }
        if (node.isBoolean()) {
            return Value.Bool.of(node.booleanValue());
        }
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return new Value.Int(node.longValue());
        }
        return node.isNumber() ? new Value.Real(node.doubleValue()) : Value.None.NONE;
    }

    static Text write(Value value, Style style, Work work) {
        Json json = new Json(style, work);
        json.write(value, 0);
        String text = json.out.toString();
        return json.foreign ? Text.foreign(text) : Text.own(text);
    }

    private void write(Value value, int depth) {
        work.step();
        work.room(out.length());
        switch (value) {
            case Value.None _ -> out.append("null");
            case Value.Bool(boolean bit) -> out.append(bit);
            case Value.Int(long number) -> out.append(number);
            case Value.Real(double number) -> out.append(real(number));
            case Text text -> {
                foreign |= text.isForeign();
                work.text(6L * text.length());
                quote(text.chars());
            }
            case Value.Items items -> {
                List<Runnable> parts = new ArrayList<>();
                items.values().forEach(item -> parts.add(() -> write(item, depth + 1)));
                all(parts, '[', ']', depth);
            }
            case Value.Dict dict -> {
                List<Map.Entry<Value, Value>> entries =
                        new ArrayList<>(dict.entries().entrySet());
                if (style.sorted()) {
                    entries.sort(Comparator.comparing(Map.Entry::getKey, (a, b) -> Python.compare(a, b, work)));
                }
                List<Runnable> parts = new ArrayList<>();
                entries.forEach(entry -> parts.add(() -> {
                    key(entry.getKey());
                    out.append(style.key());
                    write(entry.getValue(), depth + 1);
                }));
                all(parts, '{', '}', depth);
            }
            case Value.Undefined _, Value.Namespace _, Value.Loop _, Value.Function _ ->
                throw new JinjaException(Python.type(value) + " is no JSON");
        }
    }

    private static String real(double number) {
        return switch (Python.real(number)) {
            case "nan" -> "NaN";
            case "inf" -> "Infinity";
            case "-inf" -> "-Infinity";
            default -> Python.real(number);
        };
    }

    private void key(Value key) {
        if (key instanceof Text) {
            write(key, 0);
        } else {
            out.append('"');
            write(key, 0);
            out.append('"');
        }
    }

    private void all(List<Runnable> parts, char open, char close, int depth) {
        work.items(parts.size());
        out.append(open);
        for (int i = 0; i < parts.size(); i++) {
            out.append(i > 0 ? style.item() : "");
            line(depth + 1);
            parts.get(i).run();
        }
        if (!parts.isEmpty()) {
            line(depth);
        }
        out.append(close);
    }

    private void line(int depth) {
        if (style.indent() >= 0) {
            work.characters((long) depth * style.indent());
            out.append('\n').repeat(' ', depth * style.indent());
        }
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < 0x20 || (style.ascii() && c > 0x7e)) {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
