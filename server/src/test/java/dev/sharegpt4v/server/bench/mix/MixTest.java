package dev.sharegpt4v.server.bench.mix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.sharegpt4v.server.bench.Question;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MixTest {

    private static final int MANY = 4000;

    private static Mix mix(double textShare, double repeated) {
        return new Mix(
                new Prompts.Random(Weighted.parse("4:0.5,20-30:0.5", Range::parse), new CommonWords()),
                Weighted.parse("8-16", Range::parse),
                new PictureMix(Weighted.parse("1-2", Range::parse), textShare, repeated),
                new PictureSource.Synthetic(Weighted.parse("8x8,16x12:3", Size::parse), 1));
    }

    private static List<Object> told(List<Question> questions) {
        return questions.stream()
                .<Object>map(question -> List.of(
                        question.prompt(),
                        question.maxTokens(),
                        question.pictures().stream().map(Arrays::hashCode).toList()))
                .toList();
    }

    @Test
    void equalSeedsGiveEqualQuestions() {
        assertThat(told(mix(0.3, 0.4).questions(50, 7, 0)))
                .isEqualTo(told(mix(0.3, 0.4).questions(50, 7, 0)));
        assertThat(told(mix(0.3, 0.4).questions(50, 7, 0)))
                .isNotEqualTo(told(mix(0.3, 0.4).questions(50, 8, 0)));
    }

    @Test
    void fewerRequestsAreTheFirstOnesOfMore() {
        assertThat(told(mix(0.3, 0.4).questions(50, 7, 0)).subList(0, 20))
                .isEqualTo(told(mix(0.3, 0.4).questions(20, 7, 0)));
    }

    @Test
    void noPartShowsAPictureOfAnother() {
        Set<Integer> first = pictures(mix(0, 0).questions(30, 7, 0));
        Set<Integer> second = pictures(mix(0, 0).questions(30, 7, 1));
        first.retainAll(second);
        assertThat(first).isEmpty();
    }

    private static Set<Integer> pictures(List<Question> questions) {
        Set<Integer> found = new HashSet<>();
        questions.forEach(question -> question.pictures().forEach(picture -> found.add(Arrays.hashCode(picture))));
        return found;
    }

    @Test
    void answersAreAsLongAsTheirRangeSays() {
        assertThat(mix(1, 0).questions(200, 7, 0))
                .extracting(Question::maxTokens)
                .allMatch(tokens -> tokens >= 8 && tokens <= 16)
                .contains(8, 16);
    }

    @Test
    void commonWordsAreAsManyAsAskedFor() {
        assertThat(new CommonWords().ofTokens(17, new SplittableRandom(1)).split(" "))
                .hasSize(17);
    }

    @Test
    void theGivenShareOfRequestsHasNoPicture() {
        List<List<Integer>> plan = new PictureMix(Weighted.always(new Range(1, 1)), 0.25, 0).plan(MANY, 3);
        assertThat(plan.stream().filter(List::isEmpty).count() / (double) MANY).isCloseTo(0.25, within(0.02));
    }

    @Test
    void theGivenShareOfRequestsShowsOnlyWhatEarlierOnesShowed() {
        List<List<Integer>> plan = new PictureMix(Weighted.parse("1-3", Range::parse), 0.2, 0.5).plan(MANY, 3);
        Set<Integer> seen = new HashSet<>();
        int repeated = 0;
        int shown = 0;
        for (List<Integer> pictures : plan) {
            assertThat(pictures).doesNotHaveDuplicates();
            shown += pictures.isEmpty() ? 0 : 1;
            repeated += !pictures.isEmpty() && seen.containsAll(pictures) ? 1 : 0;
            assertThat(seen.containsAll(pictures) || pictures.stream().noneMatch(seen::contains))
                    .isTrue();
            seen.addAll(pictures);
        }
        assertThat(repeated / (double) shown).isCloseTo(0.5, within(0.02));
        assertThat(seen)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, seen.size()).boxed().toList());
    }

    @Test
    void allShowTheSameWhenAllRepeat() {
        assertThat(new PictureMix(Weighted.always(new Range(1, 1)), 0, 1).plan(5, 1))
                .containsOnly(List.of(0));
    }

    @Test
    void syntheticPicturesHaveTheirSizesAndDiffer() throws IOException {
        PictureSource source = new PictureSource.Synthetic(Weighted.parse("40x30", Size::parse), 1);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(source.picture(0)));
        assertThat(List.of(image.getWidth(), image.getHeight())).containsExactly(40, 30);
        assertThat(source.picture(0)).isNotEqualTo(source.picture(1)).isEqualTo(source.picture(0));
    }

    @Test
    void givenPicturesComeInTurn() {
        PictureSource source = new PictureSource.Files(List.of(new byte[] {1}, new byte[] {2}));
        assertThat(source.picture(2)).containsExactly(1);
        assertThat(source.picture(3)).containsExactly(2);
    }

    @Test
    void weightsSayHowOftenAValueIsDrawn() {
        Weighted<String> letters = Weighted.parse("a:1,b:3", text -> text);
        SplittableRandom random = new SplittableRandom(1);
        long b = IntStream.range(0, MANY)
                .filter(_ -> letters.pick(random).equals("b"))
                .count();
        assertThat(b / (double) MANY).isCloseTo(0.75, within(0.02));
        assertThat(letters).hasToString("a:1,b:3");
    }

    @Test
    void aRatioWidensARangeAsInVllm() {
        assertThat(new Range(10, 10).widened(0.25)).isEqualTo(new Range(7, 13));
        assertThat(new Range(10, 10).widened(0)).isEqualTo(new Range(10, 10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "5-3", "-1", "5:0", "5:-1", "5:x", "5:NaN", "5,", "1-2-3"})
    void whatIsNoMixOfLengthsIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Weighted.parse(text, Range::parse));
    }

    @ParameterizedTest
    @ValueSource(strings = {"640", "640x", "0x5", "9000x5", "1x2x3", "axb"})
    void whatIsNoSizeIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Size.parse(text))
                .withMessageContaining("is no size such as 640x480");
    }
}
