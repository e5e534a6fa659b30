package dev.sharegpt4v.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PromptLookupTest {

    @Test
    void whatFollowedTheSameWordsBeforeIsGuessed() {
        int[] tokens = {9, 1, 2, 3, 4, 5, 6, 7, 1, 2};
        assertThat(PromptLookup.guess(tokens, 10, 3)).containsExactly(3, 4, 5);
    }

    @Test
    void theLongestMatchCountsAndOfEqualsTheLatest() {
        int[] tokens = {1, 2, 3, 10, 2, 3, 20, 2, 3, 30, 1, 2, 3};
        assertThat(PromptLookup.guess(tokens, 13, 1)).as("three words").containsExactly(10);
        int[] equal = {2, 3, 20, 2, 3, 30, 7, 2, 3};
        assertThat(PromptLookup.guess(equal, 9, 2)).containsExactly(30, 7);
    }

    @Test
    void aSequenceThatLoopsIsGuessedOnlyAsFarAsItIsKnown() {
        int[] tokens = {5, 6, 5, 6, 5, 6};
        assertThat(PromptLookup.guess(tokens, 6, 8)).containsExactly(5, 6);
    }

    @Test
    void oneWordAloneIsNoMatch() {
        assertThat(PromptLookup.guess(new int[] {1, 2, 3, 1}, 4, 4)).isEmpty();
    }

    @Test
    void imagesAreNeitherMatchedNorGuessed() {
        int image = Prompt.IMAGE_PLACEHOLDER;
        assertThat(PromptLookup.guess(new int[] {image, image, 4, image, image}, 5, 4))
                .isEmpty();
        assertThat(PromptLookup.guess(new int[] {1, 2, 3, image, image, 1, 2}, 7, 4))
                .containsExactly(3);
    }

    @Test
    void onlyTheFirstTokensCountAndNoGuessIsWantedWhereNoneHasRoom() {
        int[] tokens = {1, 2, 3, 1, 2, 99, 99};
        assertThat(PromptLookup.guess(tokens, 5, 1)).containsExactly(3);
        assertThat(PromptLookup.guess(tokens, 5, 0)).isEmpty();
    }
}
