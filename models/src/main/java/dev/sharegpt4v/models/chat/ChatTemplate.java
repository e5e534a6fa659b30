package dev.sharegpt4v.models.chat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The prompt formats of the family.
 *
 * <p>Source: share4v/conversation.py and llava/conversation.py; chat_template.json of llava-hf.
 */
public enum ChatTemplate {
    /** What ShareGPT4V and LLaVA-1.5 were trained with. */
    VICUNA_V1("vicuna_v1", ChatTemplate.USER_SYSTEM, "USER", "ASSISTANT"),
    /** The same with "human" for "user", which the command-line tools of LLaVA use. */
    LLAVA_V1("llava_v1", ChatTemplate.HUMAN_SYSTEM, "USER", "ASSISTANT"),
    /** The format of the first LLaVA, with ### between turns. */
    LLAVA_V0("llava_v0", ChatTemplate.HUMAN_SYSTEM, "Human", "Assistant"),
    /** The template in transformers' own conversions: no system text of its own, no end token after answers. */
    LLAVA_HF("llava_hf", "", "USER", "ASSISTANT"),
    /** Pre-training: the image and a newline. */
    PLAIN("plain", "", "", "");

    private static final String USER_SYSTEM = "A chat between a curious user and an artificial intelligence assistant. "
            + "The assistant gives helpful, detailed, and polite answers to the user's questions.";
    private static final String HUMAN_SYSTEM =
            "A chat between a curious human and an artificial intelligence assistant. "
                    + "The assistant gives helpful, detailed, and polite answers to the human's questions.";

    private final String wireName;
    private final String system;
    private final String user;
    private final String assistant;

    ChatTemplate(String wireName, String system, String user, String assistant) {
        this.wireName = wireName;
        this.system = system;
        this.user = user;
        this.assistant = assistant;
    }

    /** The template of a name as it stands in {@code model.json}. */
    public static Optional<ChatTemplate> named(String wireName) {
        return Arrays.stream(values())
                .filter(template -> template.wireName.equals(wireName))
                .findFirst();
    }

    public String wireName() {
        return wireName;
    }

    /** The system text that stands when the caller gives none. */
    public String system() {
        return system;
    }

    /** Text that ends an answer besides the end token. */
    public List<String> stopStrings() {
        return switch (this) {
            case LLAVA_V0 -> List.of("###");
            case VICUNA_V1, LLAVA_V1, LLAVA_HF, PLAIN -> List.of();
        };
    }

    String user() {
        return user;
    }

    String assistant() {
        return assistant;
    }
}
