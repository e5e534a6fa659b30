package dev.sharegpt4v.models.jinja;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** The functions that every template has, as transformers gives them. */
final class Globals {

    private Globals() {}

    static Map<String, Value> all(Supplier<LocalDateTime> now) {
        Map<String, Value> all = new LinkedHashMap<>();
        all.put("range", (Value.Function) Globals::range);
        all.put("dict", (Value.Function) Globals::dict);
        all.put("namespace", (Value.Function) Globals::namespace);
        all.put("raise_exception", (Value.Function) call -> {
            throw new JinjaException.Raised(
                    Python.str(call.required(0, "message"), call.work()).chars());
        });
        all.put("strftime_now", (Value.Function)
                call -> Text.own(formatted(call.text(0, "format").chars(), now.get())));
        return all;
    }

    private static Value range(Call call) {
        boolean one = call.values().size() == 1;
        long from = one ? 0 : call.integer(0, "start", 0);
        long to = call.integer(one ? 0 : 1, "stop", 0);
        long step = call.integer(2, "step", 1);
        if (step == 0) {
            throw new JinjaException("a range's step cannot be 0");
        }
        List<Value> values = new ArrayList<>();
        for (long i = from; step > 0 ? i < to : i > to; i = Math.addExact(i, step)) {
            if (values.size() % 64 == 0) {
                call.work().items(values.size() + 64L > Work.MOST_ITEMS ? Work.MOST_ITEMS + 1L : 64);
            }
            values.add(new Value.Int(i));
        }
        return Value.Items.of(values);
    }

    private static Map<Value, Value> entries(Call call) {
        Map<Value, Value> entries = new LinkedHashMap<>();
        if (!call.values().isEmpty()) {
            if (call.values().getFirst() instanceof Value.Dict dict) {
                entries.putAll(dict.entries());
            } else {
                for (Value pair : Python.iterate(call.values().getFirst(), call.work())) {
                    List<Value> both = Python.iterate(pair, call.work());
                    if (both.size() != 2) {
                        throw new JinjaException("a mapping is made of pairs");
                    }
                    entries.put(Python.key(both.getFirst()), both.getLast());
                }
            }
        }
        call.named().forEach((name, value) -> entries.put(Text.own(name), value));
        call.work().items(entries.size());
        return entries;
    }

    private static Value dict(Call call) {
        return Value.Dict.of(entries(call));
    }

    private static Value namespace(Call call) {
        Value.Namespace namespace = new Value.Namespace();
        entries(call).forEach((key, value) -> {
            String name = Python.str(key, call.work()).chars();
            if (name.startsWith("_")) {
                throw new JinjaException("a namespace's names cannot begin with '_'");
            }
            namespace.members.put(name, value);
        });
        return namespace;
    }

    /** As Python's {@code strftime} in the C locale. */
    private static String formatted(String format, LocalDateTime now) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                out.append(c);
                continue;
            }
            char kind = format.charAt(++i);
            boolean bare = kind == '-' && i + 1 < format.length();
            if (bare) {
                kind = format.charAt(++i);
            }
            String field = field(kind, now);
            out.append(bare && field.length() > 1 && field.startsWith("0") ? field.substring(1) : field);
        }
        return out.toString();
    }

    private static String field(char kind, LocalDateTime now) {
        String pattern = switch (kind) {
            case 'a' -> "EEE";
            case 'A' -> "EEEE";
            case 'b', 'h' -> "MMM";
            case 'B' -> "MMMM";
            case 'd' -> "dd";
            case 'D' -> "MM/dd/yy";
            case 'e' -> "ppd";
            case 'F' -> "yyyy-MM-dd";
            case 'f' -> "SSSSSS";
            case 'H' -> "HH";
            case 'I' -> "hh";
            case 'j' -> "DDD";
            case 'm' -> "MM";
            case 'M' -> "mm";
            case 'p' -> "a";
            case 'R' -> "HH:mm";
            case 'S' -> "ss";
            case 'T' -> "HH:mm:ss";
            case 'y' -> "yy";
            case 'Y' -> "yyyy";
            case '%' -> "'%'";
            case 'n' -> "'\n'";
            case 't' -> "'\t'";
            case 'z', 'Z' -> "''";
            default -> throw new JinjaException("strftime_now() does not know '%" + kind + "'");
        };
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(now);
    }
}
