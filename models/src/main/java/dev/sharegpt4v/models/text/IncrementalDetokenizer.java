package dev.sharegpt4v.models.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Token ids to text, piece by piece; a character is never split. The fragments joined are the decoding of the whole.
 *
 * <p>The one space that the dummy prefix puts before a text is dropped. Each byte that belongs to no valid UTF-8 sequence
 * becomes U+FFFD, as in SentencePiece.
 */
public final class IncrementalDetokenizer {

    private static final char REPLACEMENT = '\uFFFD';

    private final Tokenizer tokenizer;
    private byte[] pending = new byte[0];
    private boolean atStart = true;

    public IncrementalDetokenizer(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** The text that this token completes; may be empty. */
    public String append(int id) {
        return append(tokenizer.pieceBytes(id));
    }

    /** The text that these bytes complete; may be empty. */
    String append(byte[] next) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(pending);
        bytes.writeBytes(next);
        return take(bytes.toByteArray(), false);
    }

    /** What is left when no more tokens come: bytes of a character that was never completed. */
    public String finish() {
        return take(pending, true);
    }

    private String take(byte[] bytes, boolean last) {
        StringBuilder text = new StringBuilder();
        int at = 0;
        while (at < bytes.length) {
            int length = sequenceLength(bytes, at);
            if (length == 0 && !last) {
                break;
            }
            if (length <= 0) {
                text.append(REPLACEMENT);
                at++;
            } else {
                text.append(new String(bytes, at, length, StandardCharsets.UTF_8));
                at += length;
            }
        }
        pending = Arrays.copyOfRange(bytes, at, bytes.length);
        if (atStart && !text.isEmpty()) {
            atStart = false;
            if (text.charAt(0) == ' ') {
                text.deleteCharAt(0);
            }
        }
        return text.toString();
    }

    /** Length of the valid sequence at a place, 0 when it may yet be completed, -1 when it never can. */
    private static int sequenceLength(byte[] bytes, int at) {
        int lead = bytes[at] & 0xff;
        int length = lead < 0x80
                ? 1
                : lead >= 0xc2 && lead < 0xe0
                        ? 2
                        : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : -1;
        for (int i = 1; i < length; i++) {
            if (at + i >= bytes.length) {
                return 0;
            }
            int next = bytes[at + i] & 0xff;
            int low = i == 1 && lead == 0xe0 ? 0xa0 : i == 1 && lead == 0xf0 ? 0x90 : 0x80;
            int high = i == 1 && lead == 0xed ? 0x9f : i == 1 && lead == 0xf4 ? 0x8f : 0xbf;
            if (next < low || next > high) {
                return -1;
            }
        }
        return length;
    }
}
