package dev.sharegpt4v.models.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Text to token ids, as SentencePiece does it; thread-safe.
 *
 * <p>Text is only text: {@code </s>} or {@code <image>} written by a user become ordinary pieces.
 */
public final class Tokenizer implements AutoCloseable {

    private static final char SPACE = '\u2581';
    private static final Set<String> SPECIAL = Set.of("<unk>", "<s>", "</s>", "<pad>", "<image>");
    private static final Map<String, String> OPTIONS =
            Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

    static {
        // The library looks for downloads, device flavours and usage reports unless it is told not to.
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("RUST_FLAVOR", "cpu");
    }

    private final HuggingFaceTokenizer bpe;
    private final byte[][] bytesById;
    private final String[] pieces;
    private final Map<String, Integer> ids;

    private Tokenizer(HuggingFaceTokenizer bpe, String[] pieces, Map<String, Integer> ids) {
        this.bpe = bpe;
        this.pieces = pieces;
        this.ids = ids;
        this.bytesById = new byte[pieces.length][];
        for (int id = 0; id < pieces.length; id++) {
            bytesById[id] = bytesOf(pieces[id]);
        }
    }

    /** Loads the library below, which opening the first tokenizer does otherwise. */
    public static void prepare() {
        LibUtils.checkStatus();
    }

    /**
     * Opens a {@code tokenizer.json} that {@link TokenizerJson} wrote.
     *
     * @throws TokenizerException when the file is missing or malformed
     */
    public static Tokenizer load(Path tokenizerJson) {
        try (InputStream input = Files.newInputStream(tokenizerJson)) {
            JsonNode vocabulary = new JsonMapper()
                    .readTree(tokenizerJson.toFile())
                    .path("model")
                    .path("vocab");
            if (!vocabulary.isObject() || vocabulary.isEmpty()) {
                throw new TokenizerException(tokenizerJson + ": has no vocabulary");
            }
            Map<String, Integer> ids = new HashMap<>();
            vocabulary
                    .properties()
                    .forEach(entry -> ids.put(entry.getKey(), entry.getValue().asInt(-1)));
            String[] pieces = new String[vocabulary.size()];
            ids.forEach((piece, id) -> {
                if (id < 0 || id >= pieces.length) {
                    throw new TokenizerException(tokenizerJson + ": piece " + piece + " has the id " + id);
                }
                pieces[id] = piece;
            });
            if (Arrays.asList(pieces).contains(null)) {
                throw new TokenizerException(tokenizerJson + ": leaves an id without a piece");
            }
            return new Tokenizer(HuggingFaceTokenizer.newInstance(input, OPTIONS), pieces, ids);
        } catch (IOException e) {
            throw new TokenizerException("cannot read " + tokenizerJson + ": " + e.getMessage(), e);
        }
    }

    /** Ids of a text that starts a segment: SentencePiece's dummy prefix goes before it; no begin token. */
    public int[] encode(String text) {
        if (text.isEmpty()) {
            return new int[0];
        }
        long[] encoded = bpe.encode(withoutLoneSurrogates(text), false, false).getIds();
        int[] result = new int[encoded.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = Math.toIntExact(encoded[i]);
        }
        return result;
    }

    /**
     * Ids of a text that follows a special token, as the pinned training environment tokenised it: with the dummy prefix,
     * whose character is then cut off the first piece. A rest that is no piece is spelt in bytes.
     */
    public int[] encodeAfterSpecial(String text) {
        int[] encoded = encode(text);
        if (encoded.length == 0 || pieces[encoded[0]].charAt(0) != SPACE) {
            return encoded;
        }
        String rest = pieces[encoded[0]].substring(1);
        int[] head = rest.isEmpty()
                ? new int[0]
                : piece(rest).map(id -> new int[] {id}).orElseGet(() -> spell(rest));
        int[] result = Arrays.copyOf(head, head.length + encoded.length - 1);
        System.arraycopy(encoded, 1, result, head.length, encoded.length - 1);
        return result;
    }

    /** The id of a piece, such as {@code <s>}. */
    public Optional<Integer> piece(String text) {
        return Optional.ofNullable(ids.get(text));
    }

    public int vocabularySize() {
        return pieces.length;
    }

    /** The bytes that a token stands for in a text; empty for special tokens and ids beyond the vocabulary. */
    public byte[] pieceBytes(int id) {
        return id >= 0 && id < bytesById.length ? bytesById[id].clone() : new byte[0];
    }

    /** A token as it stands in the vocabulary, such as {@code ▁red}, {@code <0x0A>} or {@code <s>}. */
    public String pieceText(int id) {
        return pieces[id];
    }

    /** The text of any ids with special pieces spelt out, so that nothing is lost; the dummy prefix's space is not part. */
    public String spellOut(int[] tokens) {
        IncrementalDetokenizer detokenizer = new IncrementalDetokenizer(this);
        StringBuilder text = new StringBuilder();
        for (int token : tokens) {
            byte[] special =
                    SPECIAL.contains(pieces[token]) ? pieces[token].getBytes(StandardCharsets.UTF_8) : bytesById[token];
            text.append(detokenizer.append(special));
        }
        return text.append(detokenizer.finish()).toString();
    }

    /** The whole text of a completion, without the dummy prefix's space. */
    public String decode(int[] tokens) {
        IncrementalDetokenizer detokenizer = new IncrementalDetokenizer(this);
        StringBuilder text = new StringBuilder();
        for (int token : tokens) {
            text.append(detokenizer.append(token));
        }
        return text.append(detokenizer.finish()).toString();
    }

    @Override
    public void close() {
        bpe.close();
    }

    private int[] spell(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] result = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            result[i] = piece("<0x%02X>".formatted(bytes[i])).orElse(0);
        }
        return result;
    }

    private static byte[] bytesOf(String piece) {
        if (SPECIAL.contains(piece)) {
            return new byte[0];
        }
        if (piece.length() == 6 && piece.startsWith("<0x") && piece.endsWith(">")) {
            return new byte[] {(byte) Integer.parseInt(piece.substring(3, 5), 16)};
        }
        return piece.replace(SPACE, ' ').getBytes(StandardCharsets.UTF_8);
    }

    private static String withoutLoneSurrogates(String text) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (Character.isHighSurrogate(unit)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(unit)) {
                return text.codePoints()
                        .map(point ->
                                point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? 0xFFFD : point)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
            }
        }
        return text;
    }
}
