package dev.sharegpt4v.models.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;

/** The methods of texts. */
final class TextMethods {

    private TextMethods() {}

    static Value of(Text text, String name) {
        return switch (name) {
            case "strip" -> function(call -> strip(text, call, true, true));
            case "lstrip" -> function(call -> strip(text, call, true, false));
            case "rstrip" -> function(call -> strip(text, call, false, true));
            case "upper" -> changed(text, chars -> chars.toUpperCase(Locale.ROOT));
            case "lower" -> changed(text, chars -> chars.toLowerCase(Locale.ROOT));
            case "capitalize" -> changed(text, TextMethods::capitalized);
            case "title" -> changed(text, TextMethods::titled);
            case "startswith" -> function(call -> Value.Bool.of(meets(text, call, true)));
            case "endswith" -> function(call -> Value.Bool.of(meets(text, call, false)));
            case "removeprefix" ->
                function(call -> meets(text, call, true)
                        ? text.slice(call.text(0, "prefix").length(), text.length())
                        : text);
            case "removesuffix" ->
                function(call -> meets(text, call, false)
                        ? text.slice(0, text.length() - call.text(0, "suffix").length())
                        : text);
            case "replace" ->
                function(call -> replace(
                        text, call.text(0, "old"), call.text(1, "new"), call.integer(2, "count", -1), call.work()));
            case "split" -> function(call -> split(text, call, false));
            case "rsplit" -> function(call -> split(text, call, true));
            case "splitlines" -> function(call -> lines(text, call.truth(0, "keepends", false), call.work()));
            case "partition" -> function(call -> partition(text, call, false));
            case "rpartition" -> function(call -> partition(text, call, true));
            case "join" -> function(call -> Filters.joined(call.required(0, "iterable"), text, call.work()));
            case "find" -> function(call -> new Value.Int(find(text, call, false)));
            case "rfind" -> function(call -> new Value.Int(find(text, call, true)));
            case "index" ->
                function(call -> {
                    long place = find(text, call, false);
                    if (place < 0) {
                        throw new JinjaException("the text is not in the other");
                    }
                    return new Value.Int(place);
                });
            case "count" -> function(call -> new Value.Int(count(text, call.text(0, "sub"), call.work())));
            case "isdigit", "isdecimal", "isnumeric" -> all(text, Character::isDigit);
            case "isalpha" -> all(text, Character::isLetter);
            case "isalnum" -> all(text, Character::isLetterOrDigit);
            case "isspace" -> all(text, Python::isSpace);
            case "isupper" -> cased(text, Character::isUpperCase, Character::isLowerCase);
            case "islower" -> cased(text, Character::isLowerCase, Character::isUpperCase);
            default -> new Value.Undefined(name);
        };
    }

    private static Value.Function function(Value.Function function) {
        return function;
    }

    private static Value.Function changed(Text text, UnaryOperator<String> change) {
        return call -> {
            call.work().text(2L * text.length());
            return text.changed(change.apply(text.chars()));
        };
    }

    private static Value.Function all(Text text, IntPredicate predicate) {
        return call -> {
            call.work().characters(text.length());
            return Value.Bool.of(!text.isEmpty() && text.chars().codePoints().allMatch(predicate));
        };
    }

    private static Value.Function cased(Text text, IntPredicate some, IntPredicate none) {
        return call -> {
            call.work().characters(2L * text.length());
            return Value.Bool.of(text.chars().codePoints().anyMatch(some)
                    && text.chars().codePoints().noneMatch(none));
        };
    }

    static String capitalized(String chars) {
        if (chars.isEmpty()) {
            return chars;
        }
        int first = chars.offsetByCodePoints(0, 1);
        return chars.substring(0, first).toUpperCase(Locale.ROOT)
                + chars.substring(first).toLowerCase(Locale.ROOT);
    }

    static String titled(String chars) {
        StringBuilder out = new StringBuilder();
        boolean inWord = false;
        for (int at = 0; at < chars.length(); ) {
            int c = chars.codePointAt(at);
            at += Character.charCount(c);
            out.appendCodePoint(inWord ? Character.toLowerCase(c) : Character.toTitleCase(c));
            inWord = Character.isLetter(c);
        }
        return out.toString();
    }

    private static Text strip(Text text, Call call, boolean left, boolean right) {
        boolean given =
                call.value(0, "chars").isPresent() && call.value(0, "chars").get() != Value.None.NONE;
        String wanted = given ? call.text(0, "chars").chars() : "";
        return strip(text, c -> given ? wanted.indexOf(c) >= 0 : Python.isSpace(c), left, right, call.work(), wanted);
    }

    private static Text strip(Text text, IntPredicate drops, boolean left, boolean right, Work work, String wanted) {
        work.search(text.length(), Math.max(16, wanted.length()));
        String chars = text.chars();
        int from = 0;
        int to = chars.length();
        while (left && from < to && drops.test(chars.codePointAt(from))) {
            from += Character.charCount(chars.codePointAt(from));
        }
        while (right && to > from && drops.test(chars.codePointBefore(to))) {
            to -= Character.charCount(chars.codePointBefore(to));
        }
        return text.slice(from, to);
    }

    static Text stripped(Text text, Work work) {
        return strip(text, Python::isSpace, true, true, work, "");
    }

    private static boolean meets(Text text, Call call, boolean start) {
        if (call.required(0, "prefix") instanceof Value.Items any) {
            return any.values().stream()
                    .anyMatch(one -> one instanceof Text wanted && meets(text, wanted, start, call));
        }
        return meets(text, call.text(0, start ? "prefix" : "suffix"), start, call);
    }

    private static boolean meets(Text text, Text wanted, boolean start, Call call) {
        call.work().characters(wanted.length());
        return start ? text.chars().startsWith(wanted.chars()) : text.chars().endsWith(wanted.chars());
    }

    static Text replace(Text text, Text old, Text other, long count, Work work) {
        work.search(text.length(), old.length());
        long most = count < 0 ? Long.MAX_VALUE : count;
        Text.Builder out = new Text.Builder();
        String chars = text.chars();
        int at = 0;
        if (old.isEmpty()) {
            List<Text> characters = text.characters(work);
            for (Text character : characters) {
                if (most-- > 0) {
                    out.append(other, work);
                }
                out.append(character, work);
            }
            if (most > 0) {
                out.append(other, work);
            }
            return out.build();
        }
        for (int found = chars.indexOf(old.chars()); found >= 0 && most-- > 0; found = chars.indexOf(old.chars(), at)) {
            work.step();
            out.append(text.slice(at, found), work);
            out.append(other, work);
            at = found + old.length();
        }
        out.append(text.slice(at, text.length()), work);
        return out.build();
    }

    private static Value split(Text text, Call call, boolean fromRight) {
        long most = call.integer(1, "maxsplit", -1);
        boolean given = call.value(0, "sep").isPresent() && call.value(0, "sep").get() != Value.None.NONE;
        List<Value> parts = given
                ? byText(text, call.text(0, "sep"), most, fromRight, call.work())
                : bySpaces(text, most, fromRight, call.work());
        return Value.Items.of(parts);
    }

    private static List<Value> byText(Text text, Text between, long most, boolean fromRight, Work work) {
        if (between.isEmpty()) {
            throw new JinjaException("a text is not split at nothing");
        }
        work.search(text.length(), between.length());
        List<Value> parts = new ArrayList<>();
        String chars = text.chars();
        int size = between.length();
        if (fromRight) {
            int end = chars.length();
            for (int found = chars.lastIndexOf(between.chars());
                    found >= 0 && (most < 0 || parts.size() < most);
                    found = found < size ? -1 : chars.lastIndexOf(between.chars(), found - size)) {
                work.items(4);
                parts.addFirst(text.slice(found + size, end));
                end = found;
            }
            parts.addFirst(text.slice(0, end));
            return parts;
        }
        int at = 0;
        for (int found = chars.indexOf(between.chars());
                found >= 0 && (most < 0 || parts.size() < most);
                found = chars.indexOf(between.chars(), at)) {
            work.items(4);
            parts.add(text.slice(at, found));
            at = found + size;
        }
        parts.add(text.slice(at, text.length()));
        return parts;
    }

    private static List<Value> bySpaces(Text text, long most, boolean fromRight, Work work) {
        work.search(text.length(), 16);
        String chars = text.chars();
        List<Value> parts = new ArrayList<>();
        if (fromRight) {
            int end = trimEnd(chars, chars.length());
            while (end > 0) {
                work.items(4);
                int from = end;
                while (from > 0 && !Python.isSpace(chars.charAt(from - 1))) {
                    from--;
                }
                boolean last = most >= 0 && parts.size() >= most;
                parts.addFirst(text.slice(last ? trimStart(chars, 0) : from, end));
                end = last ? 0 : trimEnd(chars, from);
            }
            return parts;
        }
        int at = trimStart(chars, 0);
        while (at < chars.length()) {
            work.items(4);
            int to = at;
            while (to < chars.length() && !Python.isSpace(chars.charAt(to))) {
                to++;
            }
            boolean last = most >= 0 && parts.size() >= most;
            parts.add(text.slice(at, last ? trimEnd(chars, chars.length()) : to));
            at = last ? chars.length() : trimStart(chars, to);
        }
        return parts;
    }

    private static int trimStart(String chars, int from) {
        int at = from;
        while (at < chars.length() && Python.isSpace(chars.charAt(at))) {
            at++;
        }
        return at;
    }

    private static int trimEnd(String chars, int to) {
        int at = to;
        while (at > 0 && Python.isSpace(chars.charAt(at - 1))) {
            at--;
        }
        return at;
    }

    static Value lines(Text text, boolean keepEnds, Work work) {
        work.search(text.length(), 16);
        List<Value> parts = new ArrayList<>();
        String chars = text.chars();
        int from = 0;
        for (int i = 0; i < chars.length(); i++) {
            char c = chars.charAt(i);
            if ("\n\r\u000b\f\u001c\u001d\u001e\u0085\u2028\u2029".indexOf(c) < 0) {
                continue;
            }
            work.items(4);
            int end = c == '\r' && i + 1 < chars.length() && chars.charAt(i + 1) == '\n' ? i + 2 : i + 1;
            parts.add(text.slice(from, keepEnds ? end : i));
            from = end;
            i = end - 1;
        }
        if (from < chars.length()) {
            parts.add(text.slice(from, chars.length()));
        }
        return Value.Items.of(parts);
    }

    private static Value partition(Text text, Call call, boolean fromRight) {
        Text between = call.text(0, "sep");
        call.work().search(text.length(), between.length());
        int found = fromRight
                ? text.chars().lastIndexOf(between.chars())
                : text.chars().indexOf(between.chars());
        if (found < 0) {
            return Value.Items.tuple(
                    fromRight ? List.of(Text.EMPTY, Text.EMPTY, text) : List.of(text, Text.EMPTY, Text.EMPTY));
        }
        return Value.Items.tuple(
                List.of(text.slice(0, found), between, text.slice(found + between.length(), text.length())));
    }

    private static long find(Text text, Call call, boolean fromRight) {
        Text wanted = call.text(0, "sub");
        call.work().search(text.length(), wanted.length());
        int found = fromRight
                ? text.chars().lastIndexOf(wanted.chars())
                : text.chars().indexOf(wanted.chars());
        return found < 0 ? -1 : text.chars().codePointCount(0, found);
    }

    private static long count(Text text, Text wanted, Work work) {
        work.search(text.length(), wanted.length());
        if (wanted.isEmpty()) {
            return text.chars().codePointCount(0, text.length()) + 1L;
        }
        long count = 0;
        for (int at = text.chars().indexOf(wanted.chars());
                at >= 0;
                at = text.chars().indexOf(wanted.chars(), at + wanted.length())) {
            count++;
        }
        return count;
    }
}
