package dev.sharegpt4v.models.structured;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The formats of JSON Schema that are enforced. Others, known or not, are annotations, as they are by default in the standard.
 *
 * <p>Sources: RFC 3339, 4122, 5321, 1123, 3986, 3987, 6901.
 */
final class Formats {

    private static final String DATE = "(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])"
            + "|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))"
            + "|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)";
    private static final String TIME =
            "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?" + "(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)";
    private static final String IPV4 =
            "(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)\\.){3}" + "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final String IPV6 = ipv6();
    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private static final String HOST = LABEL + "(?:\\." + LABEL + ")*";
    private static final String ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
    private static final String EMAIL = "(?:" + ATOM + "(?:\\." + ATOM + ")*"
            + "|\"(?:[ !#-\\[\\]-~]|\\\\[ -~])*\")@(?:" + HOST + "|\\[" + IPV4 + "\\]|\\[IPv6:" + IPV6 + "\\])";
    private static final String OTHERS = "\\u00a0-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\uffef\\u{10000}-\\u{1fffd}"
            + "\\u{20000}-\\u{2fffd}\\u{30000}-\\u{3fffd}\\u{40000}-\\u{dfffd}\\u{e1000}-\\u{efffd}";
    private static final String PRIVATE = "\\ue000-\\uf8ff\\u{f0000}-\\u{ffffd}\\u{100000}-\\u{10fffd}";
    private static final String POINTER = "(?:/(?:[^~/]|~[01])*)*";
    private static final String TIME_OF_DURATION = "T(?:\\d+H(?:\\d+M(?:\\d+S)?)?|\\d+M(?:\\d+S)?|\\d+S)";
    private static final String DURATION = "P(?:\\d+W|(?:\\d+D|\\d+M(?:\\d+D)?|\\d+Y(?:\\d+M(?:\\d+D)?)?)(?:"
            + TIME_OF_DURATION + ")?|" + TIME_OF_DURATION + ")";

    private static final Map<String, String> EXPRESSIONS = Map.ofEntries(
            Map.entry("date", DATE),
            Map.entry("time", TIME),
            Map.entry("date-time", DATE + "[Tt]" + TIME),
            Map.entry("duration", DURATION),
            Map.entry("uuid", "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"),
            Map.entry("ipv4", IPV4),
            Map.entry("ipv6", IPV6),
            Map.entry("hostname", HOST),
            Map.entry("email", EMAIL),
            Map.entry("uri", absolute("")),
            Map.entry("uri-reference", "(?:" + absolute("") + "|" + relative("") + ")"),
            Map.entry("iri", absolute(OTHERS)),
            Map.entry("iri-reference", "(?:" + absolute(OTHERS) + "|" + relative(OTHERS) + ")"),
            Map.entry("json-pointer", POINTER),
            Map.entry("relative-json-pointer", "(?:0|[1-9]\\d*)(?:#|" + POINTER + ")"));

    private static final Map<String, CharDfa> KEPT = new ConcurrentHashMap<>();

    private Formats() {}

    /** The texts of a format; empty when it is not enforced. */
    static Optional<CharDfa> named(String name) {
        return EXPRESSIONS.containsKey(name)
                ? Optional.of(KEPT.computeIfAbsent(name, Formats::compile))
                : Optional.empty();
    }

    private static CharDfa compile(String name) {
        Budget budget = new Budget();
        Regex regex = RegexParser.parse(EXPRESSIONS.getOrDefault(name, ""));
        return switch (name) {
            case "time" -> CharDfa.matching(Regex.choice(regex, leapSeconds()), budget);
            case "date-time" ->
                CharDfa.matching(
                        Regex.choice(
                                regex,
                                Regex.sequence(
                                        RegexParser.parse(DATE), new Regex.Chars(CharSet.of("Tt")), leapSeconds())),
                        budget);
            // A label with dashes in its third and fourth place is an encoded one, whose letters have rules of their
            // own.
            case "hostname" ->
                CharDfa.matching(regex, budget)
                        .minus(CharDfa.containing(RegexParser.parse("(?:^|\\.)[^.][^.]--"), budget), budget)
                        .and(CharDfa.ofLength(1, 253, budget), budget);
            default -> CharDfa.matching(regex, budget);
        };
    }

    /** The sixtieth second of 23:59 in UTC, in the time of each offset. */
    private static Regex leapSeconds() {
        Regex digits = new Regex.Chars(RegexParser.DIGITS);
        Regex point = new Regex.Sequence(
                List.of(new Regex.Chars(CharSet.of('.')), new Regex.Repeat(digits, 1, Regex.UNBOUNDED)));
        Regex fraction = new Regex.Repeat(point, 0, 1);
        List<Regex> options = new ArrayList<>();
        options.add(Regex.sequence(Regex.text("23:59:60"), fraction, new Regex.Chars(CharSet.of("Zz"))));
        for (int offset = 0; offset < 24 * 60; offset++) {
            for (int sign = -1; sign <= 1; sign += 2) {
                int local = Math.floorMod(24 * 60 - 1 + sign * offset, 24 * 60);
                options.add(Regex.sequence(
                        Regex.text("%02d:%02d:60".formatted(local / 60, local % 60)),
                        fraction,
                        Regex.text("%s%02d:%02d".formatted(sign < 0 ? "-" : "+", offset / 60, offset % 60))));
            }
        }
        return new Regex.Choice(options);
    }

    private static String ipv6() {
        String group = "[0-9A-Fa-f]{1,4}";
        String last = "(?:" + group + ":" + group + "|" + IPV4 + ")";
        List<String> options = new ArrayList<>();
        options.add("(?:" + group + ":){6}" + last);
        for (int before = 0; before <= 5; before++) {
            options.add(upTo(group, before) + "::(?:" + group + ":){" + (5 - before) + "}" + last);
        }
        options.add(upTo(group, 6) + "::" + group);
        options.add(upTo(group, 7) + "::");
        return "(?:" + String.join("|", options) + ")";
    }

    /** So many groups at most, with colons between them. */
    private static String upTo(String group, int most) {
        return most == 0 ? "" : "(?:(?:" + group + ":){0," + (most - 1) + "}" + group + ")?";
    }

    private static String part(String others, String further) {
        return "(?:[A-Za-z0-9._~!$&'()*+,;=" + further + others + "-]|%[0-9A-Fa-f]{2})";
    }

    private static String authority(String others) {
        return "(?:" + part(others, ":") + "*@)?(?:\\[(?:" + IPV6
                + "|[vV][0-9A-Fa-f]+\\.[A-Za-z0-9._~!$&'()*+,;=:-]+)\\]|" + part(others, "") + "*)(?::\\d*)?";
    }

    private static String tail(String others) {
        String after = part(others, ":@/?");
        String query = part(others.isEmpty() ? "" : others + PRIVATE, ":@/?");
        return "(?:\\?" + query + "*)?(?:#" + after + "*)?";
    }

    private static String absolute(String others) {
        String piece = part(others, ":@");
        return "[A-Za-z][A-Za-z0-9+.-]*:(?://" + authority(others) + "(?:/" + piece + "*)*|/(?:" + piece + "+(?:/"
                + piece + "*)*)?|" + piece + "+(?:/" + piece + "*)*|)" + tail(others);
    }

    private static String relative(String others) {
        String piece = part(others, ":@");
        return "(?://" + authority(others) + "(?:/" + piece + "*)*|/(?:" + piece + "+(?:/" + piece + "*)*)?|"
                + part(others, "@") + "+(?:/" + piece + "*)*|)" + tail(others);
    }
}
