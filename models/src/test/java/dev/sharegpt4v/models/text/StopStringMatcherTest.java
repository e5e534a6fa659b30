package dev.sharegpt4v.models.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class StopStringMatcherTest {

    @Test
    void textThatMayBeginAStopIsHeldBack() {
        StopStringMatcher matcher = new StopStringMatcher(List.of("###"));
        assertThat(matcher.append("a#")).isEqualTo("a");
        assertThat(matcher.append("#b")).isEqualTo("##b");
        assertThat(matcher.append("#")).isEmpty();
        assertThat(matcher.finish()).isEqualTo("#");
        assertThat(matcher.matched()).isEmpty();
    }

    @Test
    void aStopAcrossFragmentsCutsTheText() {
        StopStringMatcher matcher = new StopStringMatcher(List.of("stop", "END"));
        assertThat(matcher.append("do st") + matcher.append("op now")).isEqualTo("do ");
        assertThat(matcher.matched()).contains("stop");
        assertThat(matcher.append("more") + matcher.finish()).isEmpty();
    }

    @Test
    void aStopThatIsKeptIsTheLastOfTheText() {
        StopStringMatcher matcher = new StopStringMatcher(List.of("###"), List.of("stop"));
        assertThat(matcher.append("do st") + matcher.append("op now")).isEqualTo("do stop");
        assertThat(matcher.matched()).contains("stop");
        assertThat(new StopStringMatcher(List.of("###"), List.of("stop")).append("a###stop"))
                .isEqualTo("a");
    }

    @Test
    void anyChunkingGivesTheTextBeforeTheEarliestStop() {
        Random random = new Random(9);
        for (int round = 0; round < 20_000; round++) {
            List<String> stops = List.of(word(random, 3), word(random, 3));
            String text = word(random, 14);
            StopStringMatcher matcher = new StopStringMatcher(stops);
            StringBuilder sent = new StringBuilder();
            for (int at = 0; at < text.length(); ) {
                int next = Math.min(text.length(), at + 1 + random.nextInt(3));
                sent.append(matcher.append(text.substring(at, next)));
                at = next;
            }
            sent.append(matcher.finish());
            int first = stops.stream()
                    .mapToInt(text::indexOf)
                    .filter(at -> at >= 0)
                    .min()
                    .orElse(text.length());
            assertThat(matcher.matched().isPresent()).isEqualTo(first < text.length());
            // A shorter stop may complete before an earlier, longer one does; then the text ends there.
            assertThat(text).startsWith(sent.toString());
            assertThat(sent.length()).isGreaterThanOrEqualTo(first);
        }
    }

    @Test
    void ofALongBeginningOnlyTheLatestIsHeldBackWhateverOtherStopsShareWithIt() {
        String many = "a".repeat(20_000);
        List<String> stops = IntStream.range(0, 16)
                .mapToObj(i -> many.substring(i) + "b".repeat(i + 1))
                .toList();
        StopStringMatcher matcher = new StopStringMatcher(stops);
        int sent = 0;
        // Comparing all ends of what is held with all beginnings would take hours.
        for (int i = 0; i < 50_000; i++) {
            sent += matcher.append("a").length();
        }
        assertThat(sent).isEqualTo(30_000);
        assertThat(matcher.append("b")).isEqualTo("");
        assertThat(matcher.matched()).contains(stops.getFirst());
    }

    private static String word(Random random, int longest) {
        StringBuilder word = new StringBuilder();
        int length = 1 + random.nextInt(longest);
        for (int i = 0; i < length; i++) {
            word.append((char) ('a' + random.nextInt(2)));
        }
        return word.toString();
    }
}
