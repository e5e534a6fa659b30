package dev.sharegpt4v.server.bench.mix;

import dev.sharegpt4v.server.bench.Question;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Draws questions.
 *
 * @param prompts the words
 * @param answers lengths of the answers in tokens, where a prompt does not say
 * @param pictures which requests have which
 * @param source of the pictures
 */
public record Mix(Prompts prompts, Weighted<Range> answers, PictureMix pictures, PictureSource source) {

    /** Pictures of one part never appear in another. */
    private static final int PICTURES_OF_A_PART = 1_000_000;

    /**
     * So many questions; pictures are made here, so this takes a while.
     *
     * @param part of a measurement, such as its warm-up or one of several runs; each has questions and pictures of its own
     */
    public List<Question> questions(int count, long seed, int part) {
        long ownSeed = seed * 31 + part;
        List<List<Integer>> plan = pictures.plan(count, ownSeed);
        Map<Integer, byte[]> made = new HashMap<>();
        List<Question> questions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            SplittableRandom random = new SplittableRandom(ownSeed + 0x9E3779B97F4A7C15L * (i + 1L));
            Prompts.Prompt prompt = prompts.of(i, random);
            int tokens = prompt.tokens().orElse(Math.max(1, answers.pick(random).pick(random)));
            List<byte[]> files = prompt.pictures().orElse(List.of());
            if (prompt.pictures().isEmpty()) {
                files = plan.get(i).stream()
                        .map(number -> made.computeIfAbsent(part * PICTURES_OF_A_PART + number, source::picture))
                        .toList();
            }
            questions.add(new Question(prompt.text(), files, tokens));
        }
        return questions;
    }
}
