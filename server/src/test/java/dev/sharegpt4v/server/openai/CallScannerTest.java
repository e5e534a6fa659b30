package dev.sharegpt4v.server.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CallScannerTest {

    private static final Set<String> NAMES = Set.of("weather", "time");

    /** What was found in a text that came in pieces. */
    private record Found(String words, List<String> calls, List<String> told, boolean over) {}

    private static Found scan(CallScanner scanner, String text, Random random) {
        StringBuilder words = new StringBuilder();
        List<String> told = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int next = Math.min(text.length(), at + 1 + random.nextInt(4));
            words.append(scanner.append(text.substring(at, next)));
            tell(scanner, told);
            at = next;
        }
        boolean over = scanner.isOver();
        words.append(scanner.finish());
        tell(scanner, told);
        List<String> calls = scanner.calls().stream()
                .map(call -> call.name() + call.arguments())
                .toList();
        assertThat(scanner.calls()).allSatisfy(call -> assertThat(call.id()).matches("call_[0-9a-f]{24}"));
        return new Found(words.toString(), calls, told, over);
    }

    private static void tell(CallScanner scanner, List<String> told) {
        for (CallScanner.Event event : scanner.takeEvents()) {
            switch (event) {
                case CallScanner.Event.Began(int call, String id, String name) -> {
                    assertThat(call).isEqualTo(told.size());
                    assertThat(id).startsWith("call_");
                    told.add(name);
                }
                case CallScanner.Event.Arguments(int call, String piece) -> {
                    assertThat(piece).isNotEmpty();
                    told.set(call, told.get(call) + piece);
                }
            }
        }
    }

    private static Found scan(String text) {
        Found first = scan(CallScanner.of(NAMES), text, new Random(0));
        for (int seed = 1; seed < 20; seed++) {
            assertThat(scan(CallScanner.of(NAMES), text, new Random(seed))).isEqualTo(first);
        }
        assertThat(first.told()).isEqualTo(first.calls());
        return first;
    }

    @Test
    void aCallIsFoundWithItsArgumentsAsTheyAreWritten() {
        Found found = scan(" {\"name\" : \"weather\", \"arguments\": {\"city\": \"a \\\"}{ b\", \"days\": [1, {}]}} ");
        assertThat(found.calls()).containsExactly("weather{\"city\": \"a \\\"}{ b\", \"days\": [1, {}]}");
        assertThat(found.words()).isEmpty();
        assertThat(found.over()).isTrue();
    }

    @Test
    void severalCallsStandInAnArray() {
        Found found = scan("[{\"name\":\"weather\",\"arguments\":{\"a\":1}}, {\"parameters\":{},\"name\":\"time\"}]");
        assertThat(found.calls()).containsExactly("weather{\"a\":1}", "time{}");
        assertThat(found.over()).isTrue();
    }

    @Test
    void namesMayBeWrittenWithEscapes() {
        Found found = scan("{\"n\\u0061me\": \"\\u0074ime\", \"arguments\": {}}");
        assertThat(found.calls()).containsExactly("time{}");
        assertThat(scan("{\"na\\\"me\": 1}").calls()).isEmpty();
    }

    @Test
    void aFunctionWithoutArgumentsIsCalledWithNone() {
        assertThat(scan("{\"name\":\"time\"}").calls()).containsExactly("time{}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "It is warm.",
                "{",
                "{}",
                "[]",
                "[1, 2]",
                "{\"name\"",
                "{\"name\": \"other\", \"arguments\": {}}",
                "{\"name\": 5}",
                "{\"city\": \"Paris\"}",
                "{\"name\": \"weather\", \"arguments\": \"x\"}",
                "{\"name\": \"weather\", \"name\": \"time\"}",
                "{\"arguments\": {\"a\": 1}}",
                "{\"arguments\": {\"a\": 1",
                "[{\"a\": 1}]",
                "say {\"name\": \"weather\", \"arguments\": {}}"
            })
    void whatIsNoCallIsWords(String text) {
        Found found = scan(text);
        assertThat(found.words()).isEqualTo(text);
        assertThat(found.calls()).isEmpty();
    }

    @Test
    void aCallThatIsCutOffKeepsWhatWasSaidOfIt() {
        Found found = scan("{\"name\": \"weather\", \"arguments\": {\"city\": \"Par");
        assertThat(found.calls()).containsExactly("weather{\"city\": \"Par");
        assertThat(found.over()).isFalse();
    }

    @Test
    void whatFollowsACallIsNotSaid() {
        Found found = scan("{\"name\": \"time\", \"arguments\": {}} and more");
        assertThat(found.words()).isEmpty();
        assertThat(found.calls()).containsExactly("time{}");
    }

    @Test
    void theArgumentsOfANamedFunctionStandAlone() {
        for (int seed = 0; seed < 20; seed++) {
            Found found = scan(CallScanner.named("weather"), " {\"city\": {\"x\": \"}\"}} rest", new Random(seed));
            assertThat(found.calls()).containsExactly("weather{\"city\": {\"x\": \"}\"}}");
            assertThat(found.told()).isEqualTo(found.calls());
            assertThat(found.over()).isTrue();
        }
    }
}
