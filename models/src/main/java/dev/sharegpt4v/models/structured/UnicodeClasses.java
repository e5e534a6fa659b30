package dev.sharegpt4v.models.structured;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Character properties by the names that ECMA-262 gives them, with the JDK's tables. */
final class UnicodeClasses {

    private static final Map<String, String> CATEGORIES = Map.ofEntries(
            Map.entry("Letter", "L"),
            Map.entry("Uppercase_Letter", "Lu"),
            Map.entry("Lowercase_Letter", "Ll"),
            Map.entry("Titlecase_Letter", "Lt"),
            Map.entry("Modifier_Letter", "Lm"),
            Map.entry("Other_Letter", "Lo"),
            Map.entry("Mark", "M"),
            Map.entry("Nonspacing_Mark", "Mn"),
            Map.entry("Spacing_Mark", "Mc"),
            Map.entry("Number", "N"),
            Map.entry("Decimal_Number", "Nd"),
            Map.entry("digit", "Nd"),
            Map.entry("Letter_Number", "Nl"),
            Map.entry("Other_Number", "No"),
            Map.entry("Punctuation", "P"),
            Map.entry("punct", "P"),
            Map.entry("Symbol", "S"),
            Map.entry("Math_Symbol", "Sm"),
            Map.entry("Currency_Symbol", "Sc"),
            Map.entry("Separator", "Z"),
            Map.entry("Space_Separator", "Zs"),
            Map.entry("Other", "C"),
            Map.entry("Control", "Cc"),
            Map.entry("cntrl", "Cc"));
    private static final Pattern NAME = Pattern.compile("[A-Za-z_]{1,40}(=[A-Za-z_]{1,40})?");
    private static final int MOST_KEPT = 64;
    private static final Map<String, CharSet> KEPT = new ConcurrentHashMap<>();

    private UnicodeClasses() {}

    static Optional<CharSet> named(String name) {
        CharSet kept = KEPT.get(name);
        if (kept != null) {
            return Optional.of(kept);
        }
        if (!NAME.matcher(name).matches()) {
            return Optional.empty();
        }
        Optional<CharSet> found = compile(javaName(name)).map(UnicodeClasses::scan);
        if (KEPT.size() < MOST_KEPT) {
            found.ifPresent(set -> KEPT.put(name, set));
        }
        return found;
    }

    private static String javaName(String name) {
        String value = name.replaceFirst("^(General_Category|gc)=", "");
        String category = CATEGORIES.getOrDefault(value, value);
        if (category.matches("[CLMNPSZ][a-z]?")) {
            return "\\p{" + category + "}";
        }
        if (name.matches("(Script|sc|Script_Extensions|scx)=.*")) {
            return "\\p{script=" + name.substring(name.indexOf('=') + 1) + "}";
        }
        return switch (value) {
            case "Any" -> "[\\x{0}-\\x{10FFFF}]";
            case "ASCII" -> "[\\x00-\\x7F]";
            case "Alphabetic", "Alpha", "Lowercase", "Uppercase", "White_Space", "Ideographic", "Emoji" ->
                "\\p{Is" + value.replace("Alpha", "Alphabetic").replace("Alphabeticbetic", "Alphabetic") + "}";
            default -> "";
        };
    }

    private static Optional<Pattern> compile(String java) {
        try {
            return java.isEmpty() ? Optional.empty() : Optional.of(Pattern.compile(java));
        } catch (PatternSyntaxException e) {
            return Optional.empty();
        }
    }

    private static CharSet scan(Pattern pattern) {
        var test = pattern.asMatchPredicate();
        int[] bounds = new int[4096];
        int size = 0;
        boolean inside = false;
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            if (test.test(Character.toString(point)) != inside) {
                inside = !inside;
                bounds = size == bounds.length ? Arrays.copyOf(bounds, size * 2) : bounds;
                bounds[size++] = point;
            }
        }
        if (inside) {
            bounds = Arrays.copyOf(bounds, size + 1);
            bounds[size++] = CharSet.LIMIT;
        }
        return new CharSet(Arrays.copyOf(bounds, size));
    }
}
