package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.sampling.TokenLogprobs;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Logprobs as JSON: of answers in OpenAI's shape, of prompts in vLLM's. */
public final class LogprobWriter {

    /** What OpenAI tells of a token that is as good as impossible; JSON knows no infinity. */
    private static final float IMPOSSIBLE = -9999f;

    private static final JsonMapper JSON = new JsonMapper();

    private final Tokenizer tokenizer;
    private final boolean asIds;

    /** Tells tokens by their text, or by their ids as vLLM does. */
    public LogprobWriter(Tokenizer tokenizer, boolean asIds) {
        this.tokenizer = tokenizer;
        this.asIds = asIds;
    }

    /** The {@code logprobs} of a choice, or of a piece of one. */
    public JsonNode content(List<SaidToken> tokens) {
        ObjectNode root = JSON.createObjectNode();
        ArrayNode content = root.putArray("content");
        for (SaidToken token : tokens) {
            ObjectNode entry = entry(token.id(), token.logprobs().logprob());
            ArrayNode top = entry.putArray("top_logprobs");
            for (int i = 0; i < token.logprobs().ids().length; i++) {
                top.add(entry(token.logprobs().ids()[i], token.logprobs().logprobs()[i]));
            }
            content.add(entry);
        }
        root.putNull("refusal");
        return root;
    }

    private ObjectNode entry(int id, float logprob) {
        ObjectNode entry = JSON.createObjectNode();
        byte[] bytes = tokenizer.pieceBytes(id);
        entry.put("token", text(id, bytes));
        entry.put("logprob", told(logprob));
        if (bytes.length == 0) {
            entry.putNull("bytes");
        } else {
            ArrayNode list = entry.putArray("bytes");
            for (byte value : bytes) {
                list.add(value & 0xff);
            }
        }
        return entry;
    }

    /** The {@code prompt_logprobs} of an answer: null for the first position and for those of images. */
    public JsonNode prompt(List<Optional<TokenLogprobs>> found, int[] prompt) {
        ArrayNode positions = JSON.createArrayNode();
        for (int i = 0; i < found.size(); i++) {
            if (found.get(i).isEmpty()) {
                positions.addNull();
                continue;
            }
            TokenLogprobs logprobs = found.get(i).get();
            ObjectNode position = positions.addObject();
            put(position, prompt[i], logprobs.logprob(), logprobs.rank());
            for (int j = 0; j < logprobs.ids().length; j++) {
                if (logprobs.ids()[j] != prompt[i]) {
                    put(position, logprobs.ids()[j], logprobs.logprobs()[j], j + 1);
                }
            }
        }
        return positions;
    }

    private void put(ObjectNode position, int id, float logprob, int rank) {
        position.putObject(Integer.toString(id))
                .put("logprob", told(logprob))
                .put("rank", rank)
                .put("decoded_token", text(id));
    }

    static float told(float logprob) {
        return Float.isFinite(logprob) ? logprob : IMPOSSIBLE;
    }

    /** Its words; the name of a special token; OpenAI's spelling of bytes that are no whole character. */
    String text(int id) {
        return text(id, tokenizer.pieceBytes(id));
    }

    private String text(int id, byte[] bytes) {
        if (asIds) {
            return "token_id:" + id;
        }
        if (bytes.length == 0) {
            return tokenizer.pieceText(id);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            StringBuilder spelt = new StringBuilder("bytes:");
            for (byte value : bytes) {
                spelt.append("\\x%02x".formatted(value));
            }
            return spelt.toString();
        }
    }
}
