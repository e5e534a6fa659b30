package dev.sharegpt4v.models.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Writes {@code tokenizer.json} files that give SentencePiece's ids.
 *
 * <p>They declare no added tokens and no post-processor on purpose: special ids are put in by the prompt builder alone, so
 * text can never become one.
 *
 * <p>Source: transformers' LlamaConverter for vocabulary and merges.
 */
public final class TokenizerJson {

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String SPACE = "\u2581";

    private TokenizerJson() {}

    private record Merge(int left, int right, int leftLength, int rightLength, float score) {}

    /** Writes the vocabulary and merges of a SentencePiece model. */
    public static void write(SentencePieceModel model, Path target) {
        List<SentencePieceModel.Piece> pieces = model.pieces();
        Map<String, Integer> ids = new HashMap<>();
        ObjectNode vocabulary = MAPPER.createObjectNode();
        for (int id = 0; id < pieces.size(); id++) {
            if (ids.putIfAbsent(pieces.get(id).text(), id) != null) {
                throw new TokenizerException("piece " + pieces.get(id).text() + " stands in the model twice");
            }
            vocabulary.put(pieces.get(id).text(), id);
        }
        ArrayNode merges = MAPPER.createArrayNode();
        for (Merge merge : merges(pieces, ids)) {
            merges.addArray()
                    .add(pieces.get(merge.left()).text())
                    .add(pieces.get(merge.right()).text());
        }
        String unknown = pieces.stream()
                .filter(piece -> piece.kind() == SentencePieceModel.Kind.UNKNOWN)
                .map(SentencePieceModel.Piece::text)
                .findFirst()
                .orElseThrow(() -> new TokenizerException("the model has no unknown piece"));
        ObjectNode bpe = MAPPER.createObjectNode();
        bpe.put("type", "BPE");
        bpe.putNull("dropout");
        bpe.put("unk_token", unknown);
        bpe.putNull("continuing_subword_prefix");
        bpe.putNull("end_of_word_suffix");
        bpe.put("fuse_unk", true);
        bpe.put("byte_fallback", true);
        bpe.put("ignore_merges", false);
        bpe.set("vocab", vocabulary);
        bpe.set("merges", merges);
        write(bpe, target);
    }

    /** Writes a copy of another {@code tokenizer.json} that treats special tokens as plain text. */
    public static void rewrite(Path source, Path target) {
        try {
            JsonNode model = MAPPER.readTree(source.toFile()).path("model");
            if (!(model instanceof ObjectNode bpe) || !isOfLlama(bpe)) {
                throw new TokenizerException(source + ": is not a BPE tokenizer of the LLaMA kind");
            }
            // These would change ids, and no tokenizer of the family sets them.
            bpe.putNull("dropout");
            bpe.put("ignore_merges", false);
            write(bpe, target);
        } catch (IOException e) {
            throw new TokenizerException("cannot read " + source + ": " + e.getMessage(), e);
        }
    }

    /** Others spell bytes in letters, as GPT-2 did, and would give ids that mean other text. */
    private static boolean isOfLlama(ObjectNode bpe) {
        JsonNode vocabulary = bpe.path("vocab");
        return bpe.path("type").asText("BPE").equals("BPE")
                && bpe.path("byte_fallback").asBoolean(false)
                && vocabulary.has(SPACE)
                && IntStream.range(0, 256).allMatch(value -> vocabulary.has("<0x%02X>".formatted(value)));
    }

    private static List<Merge> merges(List<SentencePieceModel.Piece> pieces, Map<String, Integer> ids) {
        List<Merge> merges = new ArrayList<>();
        for (SentencePieceModel.Piece piece : pieces) {
            if (!isMergeable(piece)) {
                continue;
            }
            String text = piece.text();
            for (int cut = text.offsetByCodePoints(0, text.isEmpty() ? 0 : 1);
                    cut < text.length();
                    cut = text.offsetByCodePoints(cut, 1)) {
                Integer left = ids.get(text.substring(0, cut));
                Integer right = ids.get(text.substring(cut));
                if (left != null && right != null && isMergeable(pieces.get(left)) && isMergeable(pieces.get(right))) {
                    merges.add(new Merge(left, right, cut, text.length() - cut, piece.score()));
                }
            }
        }
        merges.sort(Comparator.comparingDouble((Merge merge) -> -merge.score()));
        return merges;
    }

    private static boolean isMergeable(SentencePieceModel.Piece piece) {
        return switch (piece.kind()) {
            case NORMAL, USER_DEFINED, UNUSED -> true;
            case UNKNOWN, CONTROL, BYTE -> false;
        };
    }

    private static void write(ObjectNode model, Path target) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("version", "1.0");
        root.putNull("truncation");
        root.putNull("padding");
        root.putArray("added_tokens");
        ObjectNode normalizer = root.putObject("normalizer");
        normalizer.put("type", "Sequence");
        ArrayNode steps = normalizer.putArray("normalizers");
        steps.addObject().put("type", "Prepend").put("prepend", SPACE);
        ObjectNode replace = steps.addObject().put("type", "Replace");
        replace.putObject("pattern").put("String", " ");
        replace.put("content", SPACE);
        root.putNull("pre_tokenizer");
        root.putNull("post_processor");
        root.putNull("decoder");
        root.set("model", model);
        try {
            Files.write(target, MAPPER.writeValueAsBytes(root));
        } catch (IOException e) {
            throw new TokenizerException("cannot write " + target + ": " + e.getMessage(), e);
        }
    }
}
