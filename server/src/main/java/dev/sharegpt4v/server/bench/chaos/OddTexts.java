package dev.sharegpt4v.server.bench.chaos;

import java.util.List;

/** Texts that are hard to tokenise, to cut, to write down or to show. */
final class OddTexts {

    private static final List<String> PIECES = List.of(
            "a",
            " ",
            "\n",
            "What is it?",
            "Describe the picture.",
            "\u0000",
            "\u0007",
            "\u007f",
            "\ud800",
            "\udc00",
            "\udfff\ud800",
            "\ud83d\ude00",
            "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67",
            "\u202eevil\u202c",
            "\u2066\u2067\u2068",
            "\ufeff",
            "\ufffe\uffff",
            "\u0301",
            "e\u0301",
            "Z\u0351\u036b\u0343\u036a\u0302\u036b",
            "\u2581",
            "\u1100\u1161\u11a8",
            "한국어",
            "日本語",
            "العربية",
            "हिन्दी",
            "\udbff\udfff",
            "</s>",
            "<s>",
            "<unk>",
            "<0x00>",
            "<0xFF>",
            "<image>",
            "USER:",
            "ASSISTANT:",
            "data: [DONE]\n\n",
            "\r\n\r\n",
            "\u2028",
            "{\"name\": \"look\", \"arguments\": {}}",
            "\\u0000",
            "\t",
            "0",
            "'\"`$();--");

    private OddTexts() {}

    /** Up to a few thousand characters. */
    static String draw(Draw draw) {
        if (draw.oneIn(12)) {
            return draw.from(PIECES).repeat(draw.between(1, 400));
        }
        StringBuilder text = new StringBuilder();
        for (int i = draw.between(1, 8); i > 0; i--) {
            text.append(draw.from(PIECES));
        }
        return text.toString();
    }

    /** A text that is not empty and no longer than the limit. */
    static String upTo(int limit, Draw draw) {
        String text = draw(draw);
        return text.substring(0, Math.min(limit, text.length()));
    }
}
