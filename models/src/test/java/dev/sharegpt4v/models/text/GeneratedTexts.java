package dev.sharegpt4v.models.text;

import java.util.Random;

/** Texts of every awkward kind, from a fixed seed. */
final class GeneratedTexts {

    private static final String[] FRAGMENTS = {
        " ",
        "  ",
        "\n",
        "\t",
        "\0",
        "\u2581",
        "</s>",
        "<s>",
        "<unk>",
        "<image>",
        "<0x41>",
        "é",
        "e\u0301",
        "日本語",
        "中文",
        "👍",
        "🦙",
        "👩‍👩‍👧",
        "Ꙋ",
        "123",
        "3.14",
        "don't",
        "ASSISTANT:",
        "USER:",
        "###",
        "the",
        "image",
        "Привет",
        "مرحبا",
        "\u00a0",
        "\r\n",
        "\uFEFF",
        "\u200d",
        "ﬁ",
        "½",
        "·",
        "Ａ",
        "        ",
        "naïve",
        "\ud835\udd38"
    };

    private final Random random;

    GeneratedTexts(long seed) {
        this.random = new Random(seed);
    }

    String next() {
        StringBuilder text = new StringBuilder();
        int parts = 1 + random.nextInt(12);
        for (int i = 0; i < parts; i++) {
            switch (random.nextInt(5)) {
                case 0 -> text.append(FRAGMENTS[random.nextInt(FRAGMENTS.length)]);
                case 1 -> letters(text);
                case 2 -> text.appendCodePoint(codePoint());
                case 3 -> text.append(" ".repeat(random.nextInt(20)));
                default -> text.append((char) (' ' + random.nextInt(95)));
            }
        }
        return text.toString();
    }

    private void letters(StringBuilder text) {
        int length = 1 + random.nextInt(9);
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
    }

    private int codePoint() {
        int point = random.nextInt(0x110000);
        return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? 0xFFFD : point;
    }
}
