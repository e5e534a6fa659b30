package dev.sharegpt4v.server.logging;

/**
 * What may stand in a line of a log: no line ends, no controls (those of terminals above U+0080 too), nothing that is not seen
 * or that turns what follows around, and no halves of characters.
 */
public final class SafeText {

    private SafeText() {}

    /** The text with a space for each run of what may not stand there. */
    public static String of(String text) {
        int at = firstUnsafe(text);
        if (at == text.length()) {
            return text;
        }
        StringBuilder safe = new StringBuilder(text.length()).append(text, 0, at);
        boolean gap = false;
        while (at < text.length()) {
            int point = text.codePointAt(at);
            if (!isUnsafe(point)) {
                safe.appendCodePoint(point);
                gap = false;
            } else if (!gap) {
                safe.append(' ');
                gap = true;
            }
            at += Character.charCount(point);
        }
        return safe.toString();
    }

    private static int firstUnsafe(String text) {
        int at = 0;
        while (at < text.length()) {
            int point = text.codePointAt(at);
            if (isUnsafe(point)) {
                return at;
            }
            at += Character.charCount(point);
        }
        return at;
    }

    /** By its general category: Cc, Cf, Zl, Zp, and Cs, which {@link String#codePointAt} gives for halves alone. */
    static boolean isUnsafe(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }
}
