package dev.sharegpt4v.models.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** SentencePiece's BPE written as its definition reads: merge the best adjacent pair until none is left. */
final class NaiveSentencePiece {

    private final SentencePieceModel model;
    private final Map<String, Integer> mergeable = new HashMap<>();
    private final Map<Integer, Integer> bytes = new HashMap<>();

    NaiveSentencePiece(SentencePieceModel model) {
        this.model = model;
        for (int id = 0; id < model.pieces().size(); id++) {
            SentencePieceModel.Piece piece = model.pieces().get(id);
            switch (piece.kind()) {
                case NORMAL, USER_DEFINED, UNUSED -> mergeable.put(piece.text(), id);
                case BYTE -> bytes.put(Integer.parseInt(piece.text().substring(3, 5), 16), id);
                case UNKNOWN, CONTROL -> {}
            }
        }
    }

    int[] encode(String text) {
        List<String> symbols = new ArrayList<>();
        ("\u2581" + text.replace(' ', '\u2581')).codePoints().forEach(point -> symbols.add(Character.toString(point)));
        while (mergeBest(symbols)) {}
        List<Integer> ids = new ArrayList<>();
        for (String symbol : symbols) {
            Integer id = mergeable.get(symbol);
            if (id != null) {
                ids.add(id);
            } else {
                for (byte value : symbol.getBytes(StandardCharsets.UTF_8)) {
                    ids.add(bytes.get(value & 0xff));
                }
            }
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    private boolean mergeBest(List<String> symbols) {
        int best = -1;
        float bestScore = 0;
        for (int i = 0; i + 1 < symbols.size(); i++) {
            Integer id = mergeable.get(symbols.get(i) + symbols.get(i + 1));
            if (id != null && (best < 0 || model.pieces().get(id).score() > bestScore)) {
                best = i;
                bestScore = model.pieces().get(id).score();
            }
        }
        if (best < 0) {
            return false;
        }
        symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
        return true;
    }
}
