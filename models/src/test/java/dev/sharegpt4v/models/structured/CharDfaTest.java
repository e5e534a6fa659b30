package dev.sharegpt4v.models.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sharegpt4v.runtime.grammar.ByteAutomaton;
import dev.sharegpt4v.runtime.grammar.Expression;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CharDfaTest {

    @Test
    void randomExpressionsMatchWhatTheJdkMatches() {
        Random random = new Random(3);
        for (int round = 0; round < 1500; round++) {
            String expression = expression(random, 3);
            Regex regex = RegexParser.parse(expression);
            CharDfa whole = CharDfa.matching(regex, new Budget());
            CharDfa anywhere = CharDfa.containing(regex, new Budget());
            Pattern pattern = Pattern.compile(expression);
            for (int i = 0; i < 20; i++) {
                String text = text(random);
                assertThat(whole.matches(text))
                        .as("%s on %s", expression, text)
                        .isEqualTo(pattern.matcher(text).matches());
                assertThat(anywhere.matches(text))
                        .as("%s in %s", expression, text)
                        .isEqualTo(pattern.matcher(text).find());
            }
        }
    }

    @Test
    void setsOfTextsCombineAsSetsDo() {
        Random random = new Random(4);
        for (int round = 0; round < 300; round++) {
            Budget budget = new Budget();
            CharDfa one = CharDfa.containing(RegexParser.parse(expression(random, 2)), budget);
            CharDfa other = CharDfa.matching(RegexParser.parse(expression(random, 2)), budget);
            for (int i = 0; i < 20; i++) {
                String text = text(random);
                boolean a = one.matches(text);
                boolean b = other.matches(text);
                assertThat(one.and(other, budget).matches(text)).isEqualTo(a && b);
                assertThat(one.or(other, budget).matches(text)).isEqualTo(a || b);
                assertThat(one.minus(other, budget).matches(text)).isEqualTo(a && !b);
                assertThat(one.not(budget).matches(text)).isEqualTo(!a);
            }
        }
    }

    @Test
    void numbersBetweenBoundsAreThoseThatAreBetweenThem() {
        Random random = new Random(5);
        for (int round = 0; round < 400; round++) {
            BigDecimal bound = number(random);
            boolean strict = random.nextBoolean();
            Budget budget = new Budget();
            CharDfa least = Numbers.atLeast(bound, strict, budget);
            CharDfa most = Numbers.atMost(bound, strict, budget);
            for (int i = 0; i < 60; i++) {
                BigDecimal value = random.nextInt(8) == 0 ? bound : number(random);
                int order = value.compareTo(bound);
                String text = value.toPlainString();
                assertThat(least.matches(text))
                        .as("%s from %s", text, bound)
                        .isEqualTo(strict ? order > 0 : order >= 0);
                assertThat(most.matches(text)).as("%s to %s", text, bound).isEqualTo(strict ? order < 0 : order <= 0);
            }
        }
    }

    @Test
    void multiplesAreThoseThatLeaveNoRemainder() {
        Random random = new Random(6);
        for (String divisor : List.of("1", "7", "0.5", "0.01", "2.5", "120", "0.0001", "1e-8", "1e3", "33.3")) {
            CharDfa multiples = Numbers.multiplesOf(new BigDecimal(divisor), new Budget());
            for (int i = 0; i < 300; i++) {
                BigDecimal value = random.nextBoolean()
                        ? number(random)
                        : new BigDecimal(divisor).multiply(BigDecimal.valueOf(random.nextInt(5000) - 2500));
                boolean is = value.remainder(new BigDecimal(divisor)).signum() == 0;
                assertThat(multiples.matches(value.toPlainString()))
                        .as("%s of %s", value, divisor)
                        .isEqualTo(is);
            }
        }
    }

    @Test
    void everyCharacterIsSaidInItsOwnBytesAndNoOther() {
        Random random = new Random(7);
        CharSet set = CharSet.range(0x20, 0x7f)
                .or(CharSet.range(0x3a0, 0x3ff))
                .or(CharSet.range(0x800, 0xd900))
                .or(CharSet.range(0xfffe, 0x10100))
                .or(CharSet.of(0x10ffff));
        ByteAutomaton automaton = automaton(CharAutomaton.plain(CharDfa.matching(new Regex.Chars(set), new Budget())));
        for (int i = 0; i < 200_000; i++) {
            int point = i < 70_000 ? i : random.nextInt(Character.MAX_CODE_POINT + 1);
            if (point < 0xd800 || point > 0xdfff) {
                byte[] bytes = Character.toString(point).getBytes(StandardCharsets.UTF_8);
                assertThat(accepts(automaton, bytes)).as("U+%x", point).isEqualTo(set.contains(point));
            }
        }
        for (int i = 0; i < 300_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(4)];
            random.nextBytes(bytes);
            String text = new String(bytes, StandardCharsets.UTF_8);
            boolean one = text.codePointCount(0, text.length()) == 1
                    && Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)
                    && set.contains(text.codePointAt(0));
            assertThat(accepts(automaton, bytes)).isEqualTo(one);
        }
    }

    @Test
    void escapesInJsonMeanTheirCharacters() {
        CharDfa dfa = CharDfa.of(List.of("a\n\"\\/é\uD83D\uDE00", "b"), new Budget());
        ByteAutomaton automaton = automaton(CharAutomaton.inJson(dfa));
        for (String spelling : List.of(
                "a\\n\\\"\\\\/é\uD83D\uDE00",
                "\\u0061\\u000a\\u0022\\u005C\\/\\u00e9\\ud83d\\ude00",
                "a\\n\\\"\\\\\\u002F\\u00E9\\uD83D\\uDE00",
                "\\u0062")) {
            assertThat(accepts(automaton, spelling.getBytes(StandardCharsets.UTF_8)))
                    .as(spelling)
                    .isTrue();
        }
        for (String spelling : List.of(
                "a\n\\\"\\\\/é\uD83D\uDE00",
                "a\\n\"\\\\/é\uD83D\uDE00",
                "\\u0063",
                "a\\n\\\"\\\\/é\\ud83d",
                "\\ude00")) {
            assertThat(accepts(automaton, spelling.getBytes(StandardCharsets.UTF_8)))
                    .as(spelling)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a(b | 1",
                "a)b | 1",
                "[a | 0",
                "*a | 0",
                "a** | 2",
                "(?=a)b | 0",
                "a\\1 | 1",
                "x\\b | 1",
                "[z-a] | 1",
                "\\p{Nonsense} | 0",
                "a{3,2} | 1",
                "\\u12 | 0",
                "(?i)a | 0",
                "\\q | 0"
            })
    void whatIsNoExpressionIsRefusedByItsPosition(String expression, int position) {
        assertThatThrownBy(() -> RegexParser.parse(expression))
                .isInstanceOf(StructureException.class)
                .hasMessageContaining("position " + position);
    }

    private static ByteAutomaton automaton(Expression expression) {
        return ((Expression.Regular) expression).automaton();
    }

    private static boolean accepts(ByteAutomaton automaton, byte[] bytes) {
        int state = 0;
        for (byte value : bytes) {
            state = automaton.step(state, value & 0xff);
            if (state == ByteAutomaton.DEAD) {
                return false;
            }
        }
        return automaton.accepts(state);
    }

    private static BigDecimal number(Random random) {
        int scale = random.nextInt(4);
        int digits = 1 + random.nextInt(5);
        long value = random.nextLong((long) Math.pow(10, digits)) * (random.nextBoolean() ? 1 : -1);
        return BigDecimal.valueOf(value, scale);
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(7); length > 0; length--) {
            text.append("ab0é".charAt(random.nextInt(4)));
        }
        return text.toString();
    }

    private static String expression(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 6 : 13)) {
            case 0 -> "a";
            case 1 -> "b";
            case 2 -> "[^a]";
            case 3 -> "\\w";
            case 4 -> ".";
            case 5 -> "[b0-9]";
            case 6 -> expression(random, depth - 1) + expression(random, depth - 1);
            case 7 -> "(?:" + expression(random, depth - 1) + "|" + expression(random, depth - 1) + ")";
            case 8 -> "(" + expression(random, depth - 1) + ")*";
            case 9 -> "(?:" + expression(random, depth - 1) + ")??";
            case 10 -> "(?:" + expression(random, depth - 1) + "){1,3}";
            case 11 -> "^" + expression(random, depth - 1);
            default -> "(?:" + expression(random, depth - 1) + "$)";
        };
    }
}
