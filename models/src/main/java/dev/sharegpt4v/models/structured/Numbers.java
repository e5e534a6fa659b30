package dev.sharegpt4v.models.structured;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Sets of numbers as the texts that JSON writes them with. */
final class Numbers {

    private static final int MOST_DIGITS = 400;
    private static final int MOST_REMAINDERS = 20_000;
    private static final String WHOLE = "-?(?:0|[1-9]\\d*)";
    private static final String EXPONENT = "0*(?:\\d{1,2}|[12]\\d\\d|30[0-8])";

    /** Any number. */
    static final CharDfa ANY = of(WHOLE + "(?:\\.\\d+)?(?:[eE][+-]?" + EXPONENT + ")?");
    /** Any number without an exponent. */
    static final CharDfa PLAIN = of(WHOLE + "(?:\\.\\d+)?");
    /** Whole numbers. */
    static final CharDfa INTEGERS = of(WHOLE + "(?:\\.0+)?(?:[eE]\\+?" + EXPONENT + ")?");

    private Numbers() {}

    private static CharDfa of(String expression) {
        return CharDfa.matching(RegexParser.parse(expression), new Budget());
    }

    /** These numbers, in the usual spellings. */
    static CharDfa of(Collection<BigDecimal> values, Budget budget) {
        List<Regex> options = new ArrayList<>();
        for (BigDecimal value : values) {
            options.add(RegexParser.parse(spelling(value)));
            String scientific = Double.toString(value.doubleValue());
            if (scientific.indexOf('E') > 0 && isDecimal(scientific, value)) {
                options.add(Regex.text(scientific));
                options.add(Regex.text(scientific.replace('E', 'e')));
                options.add(Regex.text(scientific.replaceFirst("E(?!-)", "e+")));
            }
        }
        return CharDfa.matching(new Regex.Choice(options), budget);
    }

    private static boolean isDecimal(String text, BigDecimal value) {
        return new BigDecimal(text).compareTo(value) == 0;
    }

    private static String spelling(BigDecimal value) {
        if (value.signum() == 0) {
            return "-?0(?:\\.0+)?";
        }
        String plain = plain(value);
        return plain.indexOf('.') < 0 ? plain + "(?:\\.0+)?" : plain.replace(".", "\\.") + "0*";
    }

    /** Without an exponent and without zeros that say nothing. */
    private static String plain(BigDecimal value) {
        BigDecimal stripped = value.stripTrailingZeros();
        if (Math.abs((long) stripped.scale()) + stripped.precision() > MOST_DIGITS) {
            throw StructureException.unsupported("", "a number of more than " + MOST_DIGITS + " digits");
        }
        return stripped.toPlainString();
    }

    /** Numbers that are at least this, or more. */
    static CharDfa atLeast(BigDecimal bound, boolean more, Budget budget) {
        Regex minus = new Regex.Chars(CharSet.of('-'));
        Regex regex;
        if (bound.signum() > 0 || (bound.signum() == 0 && more)) {
            regex = magnitudeAtLeast(bound, more);
        } else {
            regex = Regex.choice(
                    RegexParser.parse("(?:0|[1-9]\\d*)(?:\\.\\d+)?"),
                    Regex.sequence(minus, magnitudeAtMost(bound.negate(), more)));
        }
        return CharDfa.matching(regex, budget);
    }

    /** Numbers that are at most this, or less. */
    static CharDfa atMost(BigDecimal bound, boolean less, Budget budget) {
        Regex minus = new Regex.Chars(CharSet.of('-'));
        Regex regex;
        if (bound.signum() < 0 || (bound.signum() == 0 && less)) {
            regex = Regex.sequence(minus, magnitudeAtLeast(bound.negate(), less));
        } else {
            regex = Regex.choice(RegexParser.parse("-(?:0|[1-9]\\d*)(?:\\.\\d+)?"), magnitudeAtMost(bound, less));
        }
        return CharDfa.matching(regex, budget);
    }

    private static Regex magnitudeAtLeast(BigDecimal bound, boolean more) {
        String plain = plain(bound);
        int point = plain.indexOf('.');
        String whole = point < 0 ? plain : plain.substring(0, point);
        String fraction = point < 0 ? "" : plain.substring(point + 1);
        List<String> options = new ArrayList<>();
        options.add("[1-9]\\d{" + whole.length() + ",}(?:\\.\\d+)?");
        for (int i = 0; i < whole.length(); i++) {
            if (whole.charAt(i) < '9') {
                options.add(whole.substring(0, i) + "[" + (char) (whole.charAt(i) + 1) + "-9]\\d{"
                        + (whole.length() - i - 1) + "}(?:\\.\\d+)?");
            }
        }
        for (int i = 0; i < fraction.length(); i++) {
            if (fraction.charAt(i) < '9') {
                options.add(
                        whole + "\\." + fraction.substring(0, i) + "[" + (char) (fraction.charAt(i) + 1) + "-9]\\d*");
            }
        }
        if (fraction.isEmpty()) {
            options.add(whole + (more ? "\\.\\d*[1-9]\\d*" : "(?:\\.\\d+)?"));
        } else {
            options.add(whole + "\\." + fraction + (more ? "\\d*[1-9]\\d*" : "\\d*"));
        }
        return RegexParser.parse(String.join("|", options));
    }

    private static Regex magnitudeAtMost(BigDecimal bound, boolean less) {
        String plain = plain(bound);
        int point = plain.indexOf('.');
        String whole = point < 0 ? plain : plain.substring(0, point);
        String fraction = point < 0 ? "" : plain.substring(point + 1);
        List<String> options = new ArrayList<>();
        if (whole.length() > 1) {
            options.add("(?:0|[1-9]\\d{0," + (whole.length() - 2) + "})(?:\\.\\d+)?");
        }
        for (int i = 0; i < whole.length(); i++) {
            char least = i == 0 && whole.length() > 1 ? '1' : '0';
            if (whole.charAt(i) > least) {
                options.add(whole.substring(0, i) + "[" + least + "-" + (char) (whole.charAt(i) - 1) + "]\\d{"
                        + (whole.length() - i - 1) + "}(?:\\.\\d+)?");
            }
        }
        if (!fraction.isEmpty()) {
            options.add(whole + "(?:\\.0+)?");
        } else if (!less) {
            options.add(whole + "(?:\\.0+)?");
        }
        for (int i = 0; i < fraction.length(); i++) {
            if (fraction.charAt(i) > '0') {
                options.add(
                        whole + "\\." + fraction.substring(0, i) + "[0-" + (char) (fraction.charAt(i) - 1) + "]\\d*");
            }
            if (i > 0) {
                options.add(whole + "\\." + fraction.substring(0, i));
            }
        }
        if (!fraction.isEmpty() && !less) {
            options.add(whole + "\\." + fraction + "0*");
        }
        return options.isEmpty() ? new Regex.Chars(CharSet.NONE) : RegexParser.parse(String.join("|", options));
    }

    /** A place in a number's text: how much of it has been read, and the remainder so far. */
    private record Place(int phase, long remainder) {}

    private static final int START = -4;
    private static final int SIGN = -3;
    private static final int ZERO = -2;
    private static final int WHOLE_PART = -1;

    /** Multiples of a number: the remainder of the digits so far is what a state knows. */
    static CharDfa multiplesOf(BigDecimal divisor, Budget budget) {
        BigDecimal stripped = divisor.stripTrailingZeros();
        int decimals = Math.max(0, stripped.scale());
        BigInteger scaled = stripped.movePointRight(decimals).toBigIntegerExact();
        if (scaled.bitLength() > 31 || scaled.longValue() * (decimals + 1L) > MOST_REMAINDERS) {
            throw StructureException.unsupported("", "multiples of " + divisor + " are not supported");
        }
        return new Multiples(scaled.longValue(), decimals, budget).build();
    }

    /** Walks all places. Phases from 0 on are so many digits after the point. */
    private static final class Multiples {
        private final long divisor;
        private final int decimals;
        private final Budget budget;
        private final Map<Place, Integer> names = new HashMap<>();
        private final List<Place> places = new ArrayList<>();

        Multiples(long divisor, int decimals, Budget budget) {
            this.divisor = divisor;
            this.decimals = decimals;
            this.budget = budget;
        }

        CharDfa build() {
            CharDfa.Builder builder = new CharDfa.Builder(budget);
            name(new Place(START, 0));
            for (int i = 0; i < places.size(); i++) {
                Place place = places.get(i);
                TreeMap<Integer, Integer> runs = new TreeMap<>(Map.of(0, CharDfa.DEAD));
                for (char letter : "-.0123456789".toCharArray()) {
                    Place next = next(place, letter);
                    if (next != null) {
                        runs.put((int) letter, name(next));
                        runs.putIfAbsent(letter + 1, CharDfa.DEAD);
                    }
                }
                builder.add(runs, accepts(place));
            }
            return builder.build();
        }

        private @Nullable Place next(Place place, char letter) {
            boolean digit = letter >= '0' && letter <= '9';
            int value = letter - '0';
            if (letter == '-') {
                return place.phase() == START ? new Place(SIGN, 0) : null;
            }
            if (letter == '.') {
                return place.phase() == ZERO || place.phase() == WHOLE_PART ? new Place(0, place.remainder()) : null;
            }
            if (!digit) {
                return null;
            }
            return switch (place.phase()) {
                case START, SIGN -> value == 0 ? new Place(ZERO, 0) : new Place(WHOLE_PART, value % divisor);
                case ZERO -> null;
                case WHOLE_PART -> new Place(WHOLE_PART, (place.remainder() * 10 + value) % divisor);
                default -> fraction(place, value);
            };
        }

        private @Nullable Place fraction(Place place, int value) {
            if (place.phase() < decimals) {
                return new Place(place.phase() + 1, (place.remainder() * 10 + value) % divisor);
            }
            // Beyond the divisor's own decimals only zeros can follow; one more phase tells the first of them from the
            // point.
            return value == 0 && place.remainder() == 0 ? new Place(decimals + 1, 0) : null;
        }

        private boolean accepts(Place place) {
            if (place.phase() == START || place.phase() == SIGN || place.phase() == 0) {
                return false;
            }
            long rest = place.remainder();
            for (int i = Math.max(0, place.phase()); i < decimals; i++) {
                rest = rest * 10 % divisor;
            }
            return rest == 0;
        }

        private int name(Place place) {
            return names.computeIfAbsent(place, key -> {
                places.add(key);
                return places.size() - 1;
            });
        }
    }
}
