package dev.sharegpt4v.models.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A SentencePiece BPE model as LLaMA's {@code tokenizer.model} holds it.
 *
 * <p>Source: sentencepiece_model.proto. Only what LLaMA-style models use is supported: BPE, identity normaliser, dummy
 * prefix, white space kept.
 *
 * @param pieces by id
 */
public record SentencePieceModel(List<Piece> pieces) {

    /** What a piece is, with the numbers of the proto. */
    public enum Kind {
        NORMAL,
        UNKNOWN,
        CONTROL,
        USER_DEFINED,
        UNUSED,
        BYTE
    }

    /**
     * One entry of the vocabulary.
     *
     * @param text with U+2581 for a space
     * @param score higher merges first
     * @param kind what it is
     */
    public record Piece(String text, float score, Kind kind) {}

    private static final long MAX_BYTES = 64L << 20;
    private static final int MAX_PIECES = 1_000_000;
    private static final int BPE = 2;

    public SentencePieceModel {
        pieces = List.copyOf(pieces);
    }

    /**
     * Reads a {@code tokenizer.model}.
     *
     * @throws TokenizerException when the file is malformed or of an unsupported kind
     */
    public static SentencePieceModel read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new TokenizerException(file + ": is larger than any tokenizer");
            }
            return parse(ByteBuffer.wrap(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new TokenizerException("cannot read " + file + ": " + e.getMessage(), e);
        } catch (TokenizerException e) {
            throw new TokenizerException(file + ": " + e.getMessage(), e);
        }
    }

    static SentencePieceModel parse(ByteBuffer bytes) {
        List<Piece> pieces = new ArrayList<>();
        ProtobufReader model = new ProtobufReader(bytes);
        for (int field = model.nextField(); field != 0; field = model.nextField()) {
            switch (field) {
                case 1 -> pieces.add(piece(new ProtobufReader(model.bytesField())));
                case 2 -> checkTrainer(new ProtobufReader(model.bytesField()));
                case 3 -> checkNormalizer(new ProtobufReader(model.bytesField()));
                default -> model.skip();
            }
            if (pieces.size() > MAX_PIECES) {
                throw new TokenizerException("the model has more pieces than any tokenizer");
            }
        }
        if (pieces.isEmpty()) {
            throw new TokenizerException("the model has no pieces, so it is no SentencePiece model");
        }
        return new SentencePieceModel(pieces);
    }

    private static Piece piece(ProtobufReader message) {
        String text = "";
        float score = 0;
        long kind = 1;
        for (int field = message.nextField(); field != 0; field = message.nextField()) {
            switch (field) {
                case 1 -> text = message.textField();
                case 2 -> score = message.floatField();
                case 3 -> kind = message.varintField();
                default -> message.skip();
            }
        }
        if (kind < 1 || kind > Kind.values().length || Float.isNaN(score)) {
            throw new TokenizerException("piece " + text + " has no valid kind or score");
        }
        return new Piece(text, score, Kind.values()[(int) kind - 1]);
    }

    private static void checkTrainer(ProtobufReader message) {
        long type = 1;
        for (int field = message.nextField(); field != 0; field = message.nextField()) {
            if (field == 3) {
                type = message.varintField();
            } else {
                message.skip();
            }
        }
        if (type != BPE) {
            throw new TokenizerException("the model is not a BPE model");
        }
    }

    private static void checkNormalizer(ProtobufReader message) {
        boolean dummyPrefix = true;
        boolean removesSpaces = true;
        boolean hasMap = false;
        for (int field = message.nextField(); field != 0; field = message.nextField()) {
            switch (field) {
                case 2 -> hasMap = message.bytesField().hasRemaining();
                case 3 -> dummyPrefix = message.varintField() != 0;
                case 4 -> removesSpaces = message.varintField() != 0;
                default -> message.skip();
            }
        }
        if (hasMap || !dummyPrefix || removesSpaces) {
            throw new TokenizerException("the model normalises text in a way that LLaMA's does not");
        }
    }
}
